import type { Sandbox } from '../../sandbox/server.mts';
import { askModel } from '../support/askers.mts';
import { needs } from '../support/features.mts';
import { messages, prompts, runRows } from '../support/rows.mts';
import { credentialFor, startSandbox, textOf } from '../support/sandbox.mts';

// hands the model through, which n8n would put into LangChain's clothes
jest.mock('@n8n/ai-node-sdk', () => ({ supplyModel: (_context: unknown, model: unknown) => ({ response: model }) }));

const LIMIT = 20;
const WINDOW_MS = 2_000;

const started = (sandbox: Sandbox, name: string) => messages(sandbox).filter((message) => message.startsWith(name));

/** Waits until the sandbox has been asked so many times. */
async function askedTimes(sandbox: Sandbox, count: number): Promise<void> {
	if (sandbox.requests.length >= count) return;
	await new Promise<void>((resolve) => {
		const before = sandbox.options.fault;
		sandbox.options.fault = (body, number) => {
			if (number >= count) resolve();
			return before?.(body, number);
		};
	});
}

needs('streaming')(
	'whoever waits in a chat is answered within two windows, in the middle of a batch that waits',
	async () => {
		const sandbox = await startSandbox({ rateLimit: LIMIT, rateWindowMs: WINDOW_MS });
		const batch = runRows(sandbox, 'row', 50);
		await askedTimes(sandbox, LIMIT);
		const { windows } = sandbox.rateLimit!;
		const before = windows.length;
		const shown: string[] = [];
		const { items } = await runRows(sandbox, 'visitor', 1, {
			options: { stream: true },
			onChunk: ({ type, content }) => {
				if (type === 'item') shown.push(content ?? '');
			},
		});
		expect(windows.length - before).toBeLessThanOrEqual(2);
		expect(started(sandbox, 'row').length).toBeLessThan(50);
		expect(textOf(items[0]!.json)).toBe('You said: visitor 0');
		expect(shown.join('')).toContain('visitor 0');
		expect((await batch).items).toHaveLength(50);
	},
	60_000,
);

test('the chat model too goes before the rows of a batch, and counts in the limit of its account', async () => {
	const sandbox = await startSandbox({ rateLimit: LIMIT, rateWindowMs: WINDOW_MS });
	const batch = runRows(sandbox, 'row', 30);
	await askedTimes(sandbox, LIMIT);
	const { baseUrl } = sandbox;
	const { apiToken, authToken } = credentialFor(sandbox);
	const asked = await askModel({ baseUrl, apiToken, authToken, stream: false, message: 'visitor' });
	expect(asked.text).toBe('You said: visitor');
	expect(started(sandbox, 'row').length).toBeLessThan(30);
	expect((await batch).items).toHaveLength(30);
	expect(sandbox.rateLimit!.refused).toBe(0);
}, 60_000);

test('runs on one session go one after another, each in its order; other sessions run in parallel', async () => {
	const sandbox = await startSandbox({ latencyMs: 30 });
	const runs = await Promise.all(
		['a', 'b', 'c'].map(
			async (name) => await runRows(sandbox, name, 5, { parameters: { session_key: '={{ $itemIndex === 4 ? $json.prompt : "shared" }}' } }),
		),
	);
	expect(runs.flatMap(({ items }) => items.map(({ json }) => textOf(json))).every((text) => text?.startsWith('You said:'))).toBe(true);
	const shared = sandbox.agent.runs.filter(({ session }) => session === 'agent:main:shared');
	expect(shared).toHaveLength(12);
	shared.slice(1).forEach(({ startedAt }, index) => expect(startedAt).toBeGreaterThanOrEqual(shared[index]!.endedAt!));
	for (const name of ['a', 'b', 'c']) {
		expect(shared.map(({ message }) => message).filter((message) => message.startsWith(name))).toEqual(prompts(name, 4));
	}
	// those of their own do not stand behind the others
	const lastShared = shared.at(-1)!.startedAt;
	expect(sandbox.agent.runs.filter(({ session }) => session !== 'agent:main:shared').every(({ startedAt }) => startedAt < lastShared)).toBe(
		true,
	);
});

test('a run that is stopped leaves the line of its session at once, and the others untouched', async () => {
	const sandbox = await startSandbox({ latencyMs: 200 });
	const parameters = { session_key: 'shared' };
	const first = runRows(sandbox, 'first', 3, { parameters });
	await askedTimes(sandbox, 1);
	let execution: { cancel(): void } | undefined;
	const stopped = runRows(sandbox, 'stopped', 3, { parameters, onStart: (begun) => (execution = begun) });
	const last = runRows(sandbox, 'last', 2, { parameters });
	await askedTimes(sandbox, 2);
	execution?.cancel();
	expect((await stopped).run.status).not.toBe('success');
	expect((await first).items.map(({ json }) => textOf(json)?.startsWith('You said: first'))).toEqual([true, true, true]);
	expect((await last).items).toHaveLength(2);
	expect(started(sandbox, 'stopped').length).toBeLessThanOrEqual(1);
});

test('Requests per Minute counts what its node starts in all its runs; who has no such limit does not wait for it', async () => {
	const sandbox = await startSandbox();
	const options = { requestsPerMinute: 4 };
	const { baseUrl } = sandbox;
	const { apiToken, authToken } = credentialFor(sandbox);
	const ask = async (more: object) => await askModel({ baseUrl, apiToken, authToken, stream: false, ...more });
	const asked = await Promise.all(Array.from({ length: 3 }, async () => await ask({ options })));
	expect(asked.map(({ failed }) => failed)).toEqual([undefined, undefined, undefined]);
	let execution: { cancel(): void } | undefined;
	const batch = runRows(sandbox, 'row', 5, { options, onStart: (begun) => (execution = begun) });
	await askedTimes(sandbox, 4);
	expect((await ask({ message: 'no limit of its own' })).failed).toBeUndefined();
	expect(started(sandbox, 'row')).toEqual(['row 0']);
	execution?.cancel();
	expect((await batch).run.status).not.toBe('success');
	expect(sandbox.requests).toHaveLength(5);
});
