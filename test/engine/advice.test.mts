import type { IDataObject } from 'n8n-workflow';

import type { Fault } from '../../sandbox/faults.mts';
import type { SandboxOptions } from '../../sandbox/server.mts';
import { askModel } from '../support/askers.mts';
import { runNode, type RunOptions } from '../support/engine.mts';
import { credentialFor, startSandbox } from '../support/sandbox.mts';

// hands the model through, which n8n would put into LangChain's clothes
jest.mock('@n8n/ai-node-sdk', () => ({ supplyModel: (_context: unknown, model: unknown) => ({ response: model }) }));

// a server that never reports the timeout costs a test this instead of ten seconds
jest.mock('../../nodes/AgentAi/transport/wireRequest.ts', () => ({ TIMEOUT_MARGIN_S: 0.2 }));

/** Runs one item, and gives what its error says; follows the advice in the same sandbox when it is called again. */
async function trial(sandboxOptions: SandboxOptions) {
	const sandbox = await startSandbox(sandboxOptions);
	return async (options: IDataObject, more: Partial<RunOptions> = {}, parameters: IDataObject = {}) => {
		const result = await runNode({
			credential: credentialFor(sandbox),
			onError: 'continueRegularOutput',
			...more,
			parameters: { message: 'hi', ...parameters, options },
		});
		const error = result.items[0]?.json.error as { message?: string; description?: string } | undefined;
		return {
			...result,
			message: error?.message ?? '',
			description: error?.description ?? '',
			answered: error === undefined && result.items.length > 0,
		};
	};
}

/** Fails so many times, then answers. */
function failing(times: number, fault: Fault): SandboxOptions {
	let left = times;
	return { fault: () => (left-- > 0 ? fault : undefined) };
}

test('raise Timeout: then it is answered', async () => {
	const run = await trial({ latencyMs: 1_600 });
	const { description } = await run({ timeout: 1 });
	expect(description).toMatch(/raise Timeout in Options/);
	expect((await run({ timeout: 30 })).answered).toBe(true);
});

test('turn on Retry Uncertain Failures: then it is answered; with all tries spent it is not asked for again', async () => {
	const run = await trial(failing(2, '500'));
	expect((await run({})).description).toMatch(/turn on Retry Uncertain Failures in Options/);
	expect((await run({ retryUncertainFailures: true })).answered).toBe(true);
	const always = await trial({ fault: () => '500' });
	const { description } = await always({ retryUncertainFailures: true, maxTries: 2 });
	expect(description).toMatch(/It was sent 2 times.*or raise Max Tries in Options/);
	expect(description).not.toMatch(/turn on/);
});

test('raise Max Tries: then it is answered', async () => {
	const run = await trial(failing(3, '500'));
	expect((await run({ retryUncertainFailures: true, maxTries: 2 })).description).toMatch(/raise Max Tries/);
	expect((await run({ retryUncertainFailures: true, maxTries: 3 })).answered).toBe(true);
});

test('with Retry On Fail on it does not say that it was not sent again', async () => {
	const run = await trial({ fault: () => '500' });
	const { description } = await run({}, { settings: { retryOnFail: true, maxTries: 2, waitBetweenTries: 0 } });
	expect(description).toMatch(/n8n may send it again: Retry On Fail is on/);
});

test('Max Wait 0 names the time, and one that is long enough is answered', async () => {
	const run = await trial(failing(1, '429-retry-after'));
	const { description, items } = await run({ maxRateLimitWait: 0 });
	expect(description).toMatch(/resets at \d{4}-\S+Z, in \d+ seconds.*set Max Wait in Options to \d+ or more/);
	expect(items[0]?.json.error).toMatchObject({ resetsAt: expect.stringMatching(/^\d{4}-/) as string });
	const seconds = Number(/Max Wait in Options to (\d+)/.exec(description)?.[1]);
	expect((await run({ maxRateLimitWait: seconds })).answered).toBe(true);
});

test('an action that OpenClaw has no part in does not blame it', async () => {
	const run = await trial({ fault: () => '502' });
	const action = {
		resource: 'action',
		operation: 'run',
		actionName: { __rl: true, mode: 'id', value: 'web_search' },
		inputsMode: 'json',
		inputsJson: '{"query":"x"}',
	};
	const { message, description } = await run({}, {}, action);
	expect(message).not.toBe('');
	expect(message + description).not.toMatch(/OpenClaw/);
});

test('what only reads is sent again without being asked to', async () => {
	const run = await trial(failing(1, '500'));
	expect((await run({}, {}, { resource: 'openclaw', operation: 'getDetails' })).answered).toBe(true);
});

test.each([
	['a field', {}, { message: '={{ $("Nowhere").item.json.x }}' }, /^In Message: /],
	['an option', { model: '={{ $("Nowhere").item.json.x }}' }, {}, /^In Model: /],
])('an expression that throws names its parameter (%s)', async (_what, options, parameters, names) => {
	const run = await trial({});
	expect((await run({ ...options }, {}, { ...parameters })).message).toMatch(names);
});

test('a redirect says which Base URL it leads to', async () => {
	const run = await trial({ fault: () => 'redirect' });
	expect((await run({})).description).toMatch(
		/Enter the address that the response names as the Base URL.*redirect to http:\/\/localhost:9/,
	);
});

test('a token in the credential without its instance is told, by the chat model too', async () => {
	const sandbox = await startSandbox();
	const credential = { ...credentialFor(sandbox), instanceIp: '' };
	const { hints } = await runNode({ credential, parameters: { message: 'hi' }, items: [{}, {}] });
	const asked = await askModel({ ...credential, stream: false });
	expect(asked.text).toBeDefined();
	const told = /OpenClaw Auth Token in the credential was not used, because OpenClaw Instance IP is empty/;
	expect([hints.join('\n'), asked.hints.join('\n')]).toEqual([expect.stringMatching(told), expect.stringMatching(told)]);
	const whole = await askModel({ ...credentialFor(sandbox), stream: false });
	expect(whole.hints).toEqual([]);
});
