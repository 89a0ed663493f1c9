import type { IDataObject } from 'n8n-workflow';

import { retryData, runNode, type RunOptions } from '../support/engine.mts';
import { WireServer } from '../support/wireServer.mts';

const CREDENTIAL = { apiToken: 'token-of-a', instanceIp: '10.9.0.0', authToken: 'gateway-of-a' };
const ANSWER = { body: '{"status":200,"response":{"response_text":"hi"}}' };
const FAILED = { status: 500, body: '{"status":500,"error":"no"}' };
const ROWS = [{ q: 'q0' }, { q: 'q1' }, { q: 'q2' }];
const CHAT = { message: '={{ $json.q }}', options: { maxConcurrency: 1 } };
const ACTION = { resource: 'action', operation: 'run', actionName: 'save', options: { maxConcurrency: 1 } };
const CATALOGUE = { body: JSON.stringify([{ name: 'save', description: 'x', parameters: { properties: { q: { type: 'string' } } } }]) };

/** A server that fails the requests that hold such a text, until it is mended; the catalogue is no request of a row. */
async function brokenFor(pattern: RegExp) {
	const state = { broken: true, sent: [] as IDataObject[] };
	const server = await WireServer.start((body) => {
		if (body === '') return CATALOGUE;
		state.sent.push(JSON.parse(body) as IDataObject);
		return state.broken && pattern.test(body) ? FAILED : ANSWER;
	});
	const run = async (options: Omit<RunOptions, 'credential'>) =>
		await runNode({ credential: { ...CREDENTIAL, baseUrl: server.baseUrl }, ...options });
	return Object.assign(state, { run });
}

type Server = Awaited<ReturnType<typeof brokenFor>>;

/** Runs the rows, then does what the node advises in each mode, word for word; gives what was sent by that, and what came of it. */
const FOLLOWED: Record<string, (server: Server, parameters: IDataObject, items: IDataObject[]) => Promise<IDataObject[]>> = {
	// "Retry of this execution sends only what has no answer yet"
	stopWorkflow: async (server, parameters, items) => {
		const first = await server.run({ parameters, items });
		expect(first.error?.description).toMatch(/Retry of this execution sends only what has no answer yet/);
		mend(server);
		const second = await server.run({ parameters, retryOf: retryData(first.run.data) });
		return second.items.map(({ json }) => json);
	},
	// "filter by it to send only this one again"
	continueRegularOutput: async (server, parameters, items) => {
		const first = await server.run({ parameters, items, onError: 'continueRegularOutput' });
		expect(first.hints[1]).toMatch(/It is the item with a field “error”: filter by it to send only this one again/);
		mend(server);
		const again = first.items.map(({ json }) => json).filter((json) => 'error' in json);
		return (await server.run({ parameters, items: again })).items.map(({ json }) => json);
	},
	// "send only this one again from there"
	continueErrorOutput: async (server, parameters, items) => {
		const first = await server.run({ parameters, items, onError: 'continueErrorOutput' });
		expect(first.hints[1]).toMatch(/It is on the error output: send only this one again from there/);
		mend(server);
		return (await server.run({ parameters, items: first.errorItems.map(({ json }) => json) })).items.map(({ json }) => json);
	},
};

function mend(server: Server): void {
	server.broken = false;
	server.sent.length = 0;
}

describe.each(Object.entries(FOLLOWED))('what the hint advises in the mode %s, done word for word', (mode, follow) => {
	// in Stop mode what was not sent has no answer either
	const missing = mode === 'stopWorkflow' ? ['q1', 'q2'] : ['q1'];

	test.each<[string, IDataObject]>([
		['a message by expression', CHAT],
		['columns mapped automatically', { ...ACTION, inputs: { mappingMode: 'autoMapInputData', value: null } }],
		['the item as JSON', { ...ACTION, inputsMode: 'json', inputsJson: '={{ $json }}' }],
	])('%s: sends what has no answer yet, and nothing else', async (_what, parameters) => {
		const server = await brokenFor(/q1/);
		const items = await follow(server, parameters, ROWS);
		expect(server.sent.map(({ q, message }) => q ?? message)).toEqual(missing);
		for (const body of server.sent) expect(JSON.stringify(body)).not.toContain('itemIndex');
		expect(items.every(({ error }) => error === undefined)).toBe(true);
	});
});

test.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
	'a failed item carries its row and its files (%s)',
	async (onError) => {
		const server = await brokenFor(/q1/);
		const file = { mimeType: 'text/plain', data: 'aGk=', fileName: 'a.txt' };
		const items = ROWS.map((row) => ({ ...row, error: 'of another node', status: 'new' }));
		const run = await server.run({ parameters: CHAT, items, binary: { file }, onError });
		const failed = onError === 'continueErrorOutput' ? run.errorItems[0] : run.items[1];
		expect(failed?.json).toEqual({ q: 'q1', status: 'new', error: expect.objectContaining({ itemIndex: 1, httpCode: '500' }) as object });
		expect(failed?.binary).toEqual({ file });
		// an answer has them where that is asked for only
		expect(run.items[0]?.json).not.toHaveProperty('q');
		expect(run.items[0]?.binary).toBeUndefined();
	},
);

describe('a failed item that is sent again', () => {
	const OWN = { message: 'm', description: 'd', httpCode: null, itemIndex: 3 };
	const WITH_ROW = { ...CHAT, options: { maxConcurrency: 1, includeInputFields: true } };

	test.each<[string, unknown, unknown]>([
		['this node’s own error', OWN, undefined],
		['an error of another node', { message: 'm' }, { message: 'm' }],
		['a text', 'of another node', 'of another node'],
	])('is answered, with %s beside the row', async (_what, error, left) => {
		const server = await brokenFor(/never/);
		const { items } = await server.run({ parameters: WITH_ROW, items: [{ q: 'q0', error } as IDataObject] });
		expect(items[0]?.json).toEqual({ q: 'q0', openclaw_result: { response_text: 'hi' }, ...(left === undefined ? {} : { error: left }) });
	});

	test('fails again: the new error stands in the place of the old one', async () => {
		const server = await brokenFor(/q1/);
		const once = await server.run({ parameters: CHAT, items: ROWS, onError: 'continueRegularOutput' });
		const again = await server.run({ parameters: CHAT, items: [once.items[1]!.json], onError: 'continueRegularOutput' });
		expect(again.items[0]?.json).toEqual({ q: 'q1', error: expect.objectContaining({ itemIndex: 0 }) as object });
	});

	test('is refused again where its text is an object’s, though its error holds these words', async () => {
		const server = await brokenFor(/never/);
		const parameters = { ...CHAT, message: '=Summarise {{ $json.o }}' };
		const once = await server.run({ parameters, items: [{ o: { a: 1 } }], onError: 'continueRegularOutput' });
		const again = await server.run({ parameters, items: [once.items[0]!.json], onError: 'continueRegularOutput' });
		expect(again.items[0]?.json.error).toMatchObject({ message: expect.stringContaining('[object Object]') as string });
		expect(server.sent).toHaveLength(0);
	});
});

test.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
	'when the daily limit resets stands in each failed item as data, also in those that were not sent (%s)',
	async (onError) => {
		const headers = { 'retry-after': '18000', 'ratelimit-remaining': '0', 'ratelimit-policy': '1000;w=86400' };
		const server = await WireServer.start({ status: 429, headers, body: '{"status":429,"error":"Too many requests."}' });
		const credential = { ...CREDENTIAL, apiToken: 'token-of-a-daily-limit', baseUrl: server.baseUrl };
		const run = await runNode({ credential, parameters: CHAT, items: [...ROWS, { q: 'q3' }], onError });
		const failed = onError === 'continueErrorOutput' ? run.errorItems : run.items;
		expect(failed).toHaveLength(4);
		for (const { json } of failed) {
			const resetsAt = Date.parse((json.error as IDataObject).resetsAt as string);
			expect(resetsAt - Date.now()).toBeGreaterThan(4 * 3_600_000);
		}
		expect(server.requests).toHaveLength(1);
	},
);
