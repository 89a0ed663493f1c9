import type { IExecuteFunctions } from 'n8n-workflow';

import { AgentAi } from '../../nodes/AgentAi/AgentAi.node.ts';
import type { Fault } from '../../sandbox/faults.mts';
import { type OnError, retryData, runNode, type RunResult } from '../support/engine.mts';
import { closedPort } from '../support/port.mts';
import { credentialFor, startSandbox } from '../support/sandbox.mts';

// a server that never reports the timeout costs a test this instead of ten seconds
jest.mock('../../nodes/AgentAi/transport/wireRequest.ts', () => ({ TIMEOUT_MARGIN_S: 0.2 }));

const API_TOKEN = 'planted-api-token-4711';
const AUTH_TOKEN = 'planted-gateway-token-0815';

const ITEMS = [{ row: 'a' }, { row: 'b' }, { row: 'c' }];
const BAD = 1;

/** Runs three items of which the second meets the fault. */
async function runWithFault(fault: Fault, onError: OnError, options: Record<string, unknown> = {}) {
	const sandbox = await startSandbox({
		apiToken: API_TOKEN,
		authToken: AUTH_TOKEN,
		quoteSecrets: true,
		fault: ({ message }) => (message === 'b' ? fault : undefined),
	});
	const result = await runNode({
		credential: { apiToken: API_TOKEN, authToken: AUTH_TOKEN, instanceIp: '10.0.0.1', baseUrl: sandbox.baseUrl },
		parameters: { message: '={{ $json.row }}', options: { maxConcurrency: 1, maxTries: 2, ...options } },
		items: ITEMS,
		onError,
	});
	const sentForB = sandbox.requests.filter(({ message }) => message === 'b').length;
	return Object.assign(result, { sentForB });
}

/** Nothing of the execution may hold a token; the node's own parameters and credentials hold none either. */
function expectNoSecrets(result: RunResult): void {
	for (const secret of [API_TOKEN, AUTH_TOKEN]) expect(result.everything).not.toContain(secret);
}

/** The item that an error in an item speaks of. */
const itemIndexOf = (error: unknown) => (typeof error === 'object' && error !== null && 'itemIndex' in error ? error.itemIndex : undefined);

const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);

interface Case {
	fault: Fault;
	message: RegExp;
	/** What the description must say besides. */
	advice: RegExp;
	httpCode: string | null;
	options?: Record<string, unknown>;
}

const CASES: Case[] = [
	{ fault: '400', message: /could not accept the request/, advice: /Input message is not provided/, httpCode: '400' },
	{ fault: '401', message: /agent\.ai did not accept the API token/, advice: /Integrations → API/, httpCode: '401' },
	{ fault: '402', message: /no credits left/, advice: /Add credits.*insufficient credits/, httpCode: '402' },
	{ fault: 'credits-400', message: /no credits left/, advice: /out of credits/, httpCode: '400' },
	{ fault: '403', message: /does not allow this action/, advice: /not part of your plan/, httpCode: '403' },
	{ fault: '404', message: /has no such action/, advice: /Base URL/, httpCode: '404' },
	{ fault: '408', message: /No response within/, advice: /raise Timeout in Options/, httpCode: '408' },
	{ fault: '413', message: /too large/, advice: /Shorten the message/, httpCode: '413' },
	{ fault: '429-daily', message: /daily request limit/, advice: /resets at 20\d\d-/, httpCode: '429' },
	{ fault: '500', message: /failed while working/, advice: /Internal server error/, httpCode: '500' },
	{ fault: '502', message: /could not reach the OpenClaw instance/, advice: /Bad gateway/, httpCode: '502' },
	{ fault: 'html-502', message: /could not reach the OpenClaw instance/, advice: /502 Bad Gateway/, httpCode: '502' },
	{ fault: '503', message: /not available right now/, advice: /Service unavailable/, httpCode: '503' },
	{ fault: 'gateway-401', message: /OpenClaw instance did not accept its auth token/, advice: /agent\.ai token is fine/, httpCode: '401' },
	{ fault: 'gateway-403', message: /OpenClaw instance refused/, advice: /origin not allowed/, httpCode: '403' },
	{ fault: 'gateway-404', message: /does not offer its chat endpoint/, advice: /chatCompletions\.enabled/, httpCode: '404' },
	{ fault: 'gateway-provider-key', message: /model provider behind OpenClaw/, advice: /Both tokens in n8n are fine/, httpCode: '401' },
	{ fault: 'gateway-proxy', message: /does not trust the proxy/, advice: /trustedProxies/, httpCode: '403' },
	{ fault: 'tool-not-available', message: /tool is not available/, advice: /Tool not available: exec/, httpCode: '404' },
	{ fault: 'body-400', message: /could not accept the request/, advice: /Input message is not provided/, httpCode: '400' },
	{ fault: 'body-401', message: /OpenClaw instance did not accept/, advice: /Unauthorized/, httpCode: '401' },
	{ fault: 'body-error', message: /could not complete the request/, advice: /workflow step failed/, httpCode: '200' },
	{ fault: 'html', message: /web page came back/, advice: /Base URL.*Sign in/, httpCode: '200' },
	{ fault: 'truncated-json', message: /incomplete or damaged/, advice: /may already have done/, httpCode: '200' },
	{ fault: 'empty-body', message: /empty answer/, advice: /may already have done/, httpCode: '200' },
	{ fault: 'not-an-action-response', message: /not in the format of agent\.ai/, advice: /Base URL/, httpCode: '200' },
	{ fault: 'empty-answer', message: /agent gave no answer/, advice: /Rephrase/, httpCode: '200' },
	{ fault: 'gateway-no-answer', message: /agent gave no answer/, advice: /Please try again/, httpCode: '200' },
	{ fault: 'redirect', message: /redirects to another address/, advice: /does not follow.*http:\/\/localhost:9/, httpCode: '302' },
	{ fault: 'resetBefore', message: /connection broke/, advice: /ECONNRESET/, httpCode: null },
	{ fault: 'resetAfter', message: /connection broke/, advice: /ECONNRESET/, httpCode: null },
	{ fault: 'resetMidBody', message: /connection broke/, advice: /may already have done/, httpCode: null },
	{ fault: 'stream-error', message: /while it was answering/, advice: /model went away/, httpCode: '200', options: { stream: true } },
	{ fault: 'stream-cut', message: /broke off before its end/, advice: /may already have done/, httpCode: '200', options: { stream: true } },
];

/** Faults in a whole answer, which a stream does not meet. */
const WHOLE: Fault[] = ['truncated-json', 'resetMidBody', 'stream-error', 'stream-cut'];
const ALL_CASES = [
	...CASES,
	...CASES.filter(({ fault }) => !WHOLE.includes(fault)).map((each) => ({ ...each, options: { stream: true } })),
];

/** Failures that all other items share: the rest is not sent. `401` is believed to be shared only before any success. */
const SHARED: Fault[] = ['402', 'credits-400', '429-daily'];

describe.each(ALL_CASES)('$fault (options $options)', ({ fault, message, advice, httpCode, options }) => {
	const shared = SHARED.includes(fault);

	test('Stop: the node fails with the item’s own error', async () => {
		const result = await runWithFault(fault, 'stopWorkflow', options);
		expect(result.run.status).toBe('error');
		expect(result.error?.message).toMatch(message);
		expect(result.error?.message).toContain('1 of 3 items answered, 1 failed, 1 not sent');
		expect(result.error?.message).not.toMatch(/canceled/i);
		expect(result.error?.description).toMatch(advice);
		expect(result.error?.httpCode).toBe(httpCode);
		expect(result.error?.context?.itemIndex).toBe(BAD);
		expect(result.sentForB).toBe(1);
		expectNoSecrets(result);
	});

	test.each(['continueRegularOutput', 'continueErrorOutput'] as const)('%s: the item holds the error', async (onError) => {
		const result = await runWithFault(fault, onError, options);
		expect(result.run.status).toBe('success');
		const outcomes = onError === 'continueErrorOutput' ? result.errorItems : result.items;
		const failed = outcomes.find(({ json }) => itemIndexOf(json.error) === BAD);
		expect(failed?.json.error).toMatchObject({ message: matching(message), description: matching(advice), httpCode });
		expect(failed?.json.error).toMatchObject({ description: matching(/^[^]{1,899}$/) });
		expect(failed?.pairedItem).toEqual(onError === 'continueErrorOutput' ? expect.anything() : { item: BAD });
		const answered = [...result.items, ...result.errorItems].filter(({ json }) => json.openclaw_result).length;
		expect(answered).toBe(shared ? 1 : 2);
		expect(result.sentForB).toBe(1);
		expectNoSecrets(result);
	});
});

describe('errors before an answer', () => {
	const attempt = async (baseUrl: string, parameters: Record<string, unknown> = {}) =>
		await runNode({
			credential: { apiToken: API_TOKEN, authToken: AUTH_TOKEN, instanceIp: '10.0.0.1', baseUrl },
			parameters: { message: 'hi', options: { maxTries: 1 }, ...parameters },
		});

	test('connection refused', async () => {
		const result = await attempt(`http://127.0.0.1:${await closedPort()}/v1`);
		expect(result.error?.message).toBe('Couldn’t connect to the Base URL');
		expect(result.error?.description).toContain('ECONNREFUSED');
		expectNoSecrets(result);
	});

	test('DNS failure', async () => {
		const result = await attempt('http://does-not-exist.invalid/v1');
		expect(result.error?.message).toBe('The host of the Base URL was not found');
		expectNoSecrets(result);
	});

	test('TLS failure', async () => {
		const sandbox = await startSandbox();
		const result = await attempt(sandbox.baseUrl.replace('http:', 'https:'));
		expect(result.error?.message).toBe('Couldn’t make a secure connection to the Base URL');
		expectNoSecrets(result);
	});

	test('our own timeout, with the seconds in the message', async () => {
		const sandbox = await startSandbox({ apiToken: API_TOKEN, authToken: AUTH_TOKEN, fault: () => 'stall' });
		const result = await attempt(sandbox.baseUrl, { options: { timeout: 0.1, maxTries: 1 } });
		expect(result.error?.message).toBe('No response within 0.1 seconds');
		expect(sandbox.requests).toHaveLength(1);
		expectNoSecrets(result);
	}, 30_000);

	test('a wrong agent.ai token reaches the server once', async () => {
		const sandbox = await startSandbox({ apiToken: 'another-token' });
		const lines: string[] = [];
		sandbox.options.onRequest = (line) => lines.push(line);
		const result = await attempt(sandbox.baseUrl);
		expect(result.error?.message).toBe('agent.ai did not accept the API token');
		expect(lines).toHaveLength(1);
		expectNoSecrets(result);
	});

	test('a Base URL that is none', async () => {
		const result = await attempt('not a url');
		expect(result.error?.message).toBe('The Base URL in the Agent.ai credential is not a web address');
	});

	test('the credential’s Allowed HTTP Request Domains are honoured', async () => {
		const sandbox = await startSandbox();
		const result = await runNode({
			credential: {
				apiToken: API_TOKEN,
				authToken: AUTH_TOKEN,
				instanceIp: '10.0.0.1',
				baseUrl: sandbox.baseUrl,
				allowedHttpRequestDomains: 'domains',
				allowedDomains: 'api-lr.agent.ai',
			},
			parameters: { message: 'hi' },
		});
		expect(result.error?.message).toMatch(/domain/i);
		expect(sandbox.requests).toHaveLength(0);
		expectNoSecrets(result);
	});
});

describe('429', () => {
	test.each(['429', '429-retry-after'] as const)('after %s the node waits and sends it again', async (fault) => {
		const sandbox = await startSandbox({ fault: (_body, number) => (number === 1 ? fault : undefined) });
		const result = await runNode({
			credential: { apiToken: 'sandbox-api-token', authToken: 'sandbox-gateway-token', instanceIp: '10.0.0.1', baseUrl: sandbox.baseUrl },
			parameters: { message: 'hi', options: { includeRequestInfo: true } },
		});
		expect(result.error).toBeUndefined();
		expect(result.items[0]?.json.request).toMatchObject({ tries: 2 });
		expect(sandbox.agent.runs).toHaveLength(1);
	});
});

describe('n8n’s own help with an expression', () => {
	/** A node that does nothing but read its message: what it fails with is n8n's own. */
	class Reader extends AgentAi {
		override execute(this: IExecuteFunctions) {
			return Promise.resolve([[{ json: { read: this.getNodeParameter('message', 0) as string } }]]);
		}
	}

	/** Rows whose expression asks for what is not there: the node before has lost its items. */
	async function ask(message: string, nodeType?: AgentAi) {
		const sandbox = await startSandbox({ fault: () => '400' });
		const credential = credentialFor(sandbox);
		const first = await runNode({ credential, parameters: { message: '={{ $json.row }}' }, items: ITEMS });
		const sent = sandbox.requests.length;
		const data = retryData(first.run.data);
		data.resultData.runData.Rows?.[0]?.data?.main?.[0]?.splice(0);
		const { node } = data.executionData!.nodeExecutionStack[0]!;
		node.parameters = { ...node.parameters, message };
		const { error } = await runNode({ credential, parameters: { message }, retryOf: data, nodeType });
		expect(sandbox.requests).toHaveLength(sent);
		return error;
	}

	test.each([
		['a lost item link', "={{ $('Rows').item.json.row }}"],
		['a node that has not run', "={{ $('After').item.json.row }}"],
		['a node that is not there', "={{ $('Nope').item.json.row }}"],
	])('%s keeps it', async (_what, message) => {
		const theirs = await ask(message, new Reader());
		const ours = await ask(message);
		expect(ours?.message).toContain(theirs?.message);
		expect(ours?.context?.descriptionKey).toBe(theirs?.context?.descriptionKey);
		expect(ours?.context?.nodeCause).toBe(theirs?.context?.nodeCause);
	});
});
