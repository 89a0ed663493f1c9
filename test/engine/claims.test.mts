import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { FOR_VISITORS } from '../../nodes/AgentAi/failures/readers.ts';
import { OPERATIONS } from '../../nodes/AgentAi/operations/index.ts';
import { isAgentAiHost } from '../../nodes/AgentAi/transport/baseUrl.ts';
import { TIMEOUT_MARGIN_S } from '../../nodes/AgentAi/transport/wireRequest.ts';
import type { Fault } from '../../sandbox/faults.mts';
import { runRows } from '../support/rows.mts';
import { startSandbox } from '../support/sandbox.mts';

const README = readFileSync(join(process.cwd(), 'README.md'), 'utf8').replace(/\s+/g, ' ');
const all = (properties: INodeProperties[]): INodeProperties[] =>
	properties.flatMap((property) => [property, ...all((property.options ?? []).flatMap((option) => ('type' in option ? [option] : [])))]);
const PANEL = all(OPERATIONS.flatMap(({ properties }) => properties)).map(({ description = '' }) => description);

/** A sentence that people read; it has to be changed here with the text. */
function claims(sentence: string): void {
	const where = [README, ...PANEL].some((text) => text.includes(sentence));
	if (!where) throw new Error(`Neither the README nor a panel says: ${sentence}`);
}

/** A sandbox that fails for some messages, which end in a number. */
const failingFor = async (fault: Fault, rows: (row: number) => boolean = () => true) =>
	await startSandbox({ fault: ({ message = '' }) => (rows(Number(/\d+$/.exec(message)?.[0])) ? fault : undefined) });

const errorOf = ({ json }: { json: IDataObject }) => json.error as IDataObject | undefined;
const CONTINUE = { onError: 'continueRegularOutput' as const };

test('Stop After Failures in a Row', async () => {
	claims('Stop sending after this many consecutive failures. Requests already running finish. 0 never stops.');
	const sandbox = await failingFor('500');
	const { items } = await runRows(sandbox, 'row', 20, { ...CONTINUE, options: { stopAfterFailures: 2, maxConcurrency: 5 } });
	// two that failed, and at most the five places that were taken meanwhile
	expect(sandbox.requests.length).toBeGreaterThanOrEqual(2);
	expect(sandbox.requests.length).toBeLessThanOrEqual(7);
	expect(items).toHaveLength(20);
	const never = await failingFor('500');
	await runRows(never, 'row', 20, { ...CONTINUE, options: { stopAfterFailures: 0 } });
	expect(never.requests).toHaveLength(20);
});

test('Max Tries: waiting for the rate limit does not use up attempts', async () => {
	claims('Waiting for the rate limit does not use up attempts.');
	let refused = 2;
	const sandbox = await startSandbox({ fault: () => (refused-- > 0 ? '429-retry-after' : undefined) });
	const { items } = await runRows(sandbox, 'row', 1, { ...CONTINUE, options: { maxTries: 1 } });
	expect(items.map(errorOf)).toEqual([undefined]);
	expect(sandbox.requests).toHaveLength(3);
});

test('Max Wait 0 never waits, and what would wait longer names the reset time', async () => {
	claims('Items that would wait longer for the limit fail immediately and name the reset time. 0 never waits.');
	const sandbox = await failingFor('429-retry-after');
	const { items } = await runRows(sandbox, 'row', 1, { ...CONTINUE, options: { maxRateLimitWait: 0 } });
	expect(sandbox.requests).toHaveLength(1);
	expect(errorOf(items[0]!)?.resetsAt).toMatch(/^\d{4}-.*Z$/);
});

test('Requests per Minute holds over all runs of the node', async () => {
	claims('Maximum number of requests this node starts within any 60 seconds, across all its runs.');
	const sandbox = await startSandbox();
	const options = { requestsPerMinute: 2, maxRateLimitWait: 0 };
	const first = await runRows(sandbox, 'a', 2, { ...CONTINUE, options });
	const second = await runRows(sandbox, 'b', 2, { ...CONTINUE, options });
	expect(first.items.map(errorOf)).toEqual([undefined, undefined]);
	expect(sandbox.requests).toHaveLength(2);
	for (const item of second.items) expect(errorOf(item)).toMatchObject({ sendAgain: true, resetsAt: expect.any(String) as string });
});

test('twenty a minute holds at agent.ai alone', () => {
	claims('0 follows the rate limit that agent.ai reports (20 a minute at agent.ai until it reports one).');
	expect(['https://api-lr.agent.ai/v1', 'http://localhost:4010/v1', 'https://agent.ai.example.com/v1'].map(isAgentAiHost)).toEqual([
		true,
		false,
		false,
	]);
});

test('Timeout: the node waits ten seconds longer', () => {
	claims(`The node waits ${TIMEOUT_MARGIN_S} seconds longer, so that agent.ai can report the timeout itself.`);
});

test('Simplify, and names that cannot be used', async () => {
	claims('With *Simplify* the item is `{ "openclaw_result": { … } }` only.');
	claims('`status`, `error` and `metadata` cannot be the output variable name');
	const sandbox = await startSandbox();
	const { items } = await runRows(sandbox, 'row', 1, { parameters: { simplify: true } });
	expect(Object.keys(items[0]!.json)).toEqual(['openclaw_result']);
	for (const name of ['status', 'error', 'metadata']) {
		const { error } = await runRows(sandbox, 'row', 1, { parameters: { output_variable_name: name } });
		expect(error?.message).toContain(`Output Variable Name cannot be “${name}”`);
	}
});

test('operations that only read are always retried', async () => {
	claims('Operations that only read, such as *Get Many*, are always retried.');
	let left = 1;
	const sandbox = await startSandbox({ fault: () => (left-- > 0 ? '500' : undefined) });
	const { items } = await runRows(sandbox, 'row', 1, { ...CONTINUE, parameters: { resource: 'agent', operation: 'getAll', limit: 1 } });
	expect(items.map(errorOf)).toEqual([undefined]);
});

test('sendAgain tells what can be sent again as it is; a single 401 fails its own item', async () => {
	claims('`sendAgain: true` in the error means that nothing was run and the item itself is fine');
	claims('A single 401 among good answers fails only its own item.');
	const sandbox = await startSandbox({ fault: ({ message }) => (message === 'row 1' ? '401' : message === 'row 2' ? '500' : undefined) });
	const { items } = await runRows(sandbox, 'row', 5, { ...CONTINUE, options: { maxConcurrency: 1 } });
	expect(items.map((item) => [errorOf(item) !== undefined, errorOf(item)?.sendAgain])).toEqual([
		[false, undefined],
		[true, true],
		[true, undefined],
		[false, undefined],
		[false, undefined],
	]);
});

test('a retry sends only what has no answer, and the answers of a stopped run are kept', async () => {
	claims('The answers are kept: **Retry** of the execution sends only the items without an answer');
	const sandbox = await failingFor('500', (row) => row === 2);
	const { error } = await runRows(sandbox, 'row', 4, { options: { maxConcurrency: 1 } });
	expect(error?.message).toContain('2 of 4 items answered, 1 failed, 1 not sent');
	expect(error?.description).toMatch(/answers are kept/);
});

test('what a visitor reads', () => claims(`a visitor reads “${FOR_VISITORS}”`));
