import { readExample } from '../../scripts/examples.mts';
import type { WorkflowJson } from '../../scripts/n8n/client.mts';
import { type Night, type Outcome, simulate } from './simulation.mts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const NIGHT: Night = {
	rows: 2_000,
	workers: 2,
	concurrency: 10,
	perMinute: 20,
	latencyMs: [2 * SECOND, 90 * SECOND],
	deathEveryMs: 20 * MINUTE,
	mortal: ['worker', 'main', 'redis', 'postgres'],
	bad: 0.01,
	seed: 1,
	untilMs: 1_000 * HOUR,
};

const fanOut = async (night: Partial<Night>, change = (workflow: WorkflowJson) => workflow) =>
	simulate(change(await readExample('fan-out-large-table.json')), 'Every minute', MINUTE, { ...NIGHT, ...night });

/** The example with other parameters in one of its nodes. */
const changed = (name: string, change: (parameters: string) => string) => (workflow: WorkflowJson) => ({
	...workflow,
	nodes: workflow.nodes.map((node) =>
		node.name === name ? { ...node, parameters: JSON.parse(change(JSON.stringify(node.parameters))) as Record<string, unknown> } : node,
	),
});

/** No row is lost, no paid answer thrown away, nothing sent twice but what was in flight of what died. */
function expectRight({ table, sent, sentBeside, thrownAway, lostInFlight }: Outcome, rows: number): void {
	expect(table.count('pending') + table.count('sending')).toBe(0);
	expect(table.count('answered') + table.count('failed')).toBe(rows);
	expect({ sentBeside, thrownAway }).toEqual({ sentBeside: 0, thrownAway: 0 });
	expect(sent - rows).toBeLessThanOrEqual(lostInFlight);
}

test('100,000 rows on two workers, and something dies every twenty minutes', async () => {
	const outcome = await fanOut({ rows: 100_000, perMinute: Infinity, latencyMs: [SECOND, 20 * SECOND] });
	expectRight(outcome, 100_000);
	expect(outcome.deaths).toBeGreaterThan(10);
	expect(outcome.lostInFlight).toBeLessThan(1_000);
}, 120_000);

test.each([
	['two workers', { workers: 2, mortal: NIGHT.mortal }],
	['main and four workers of two', { workers: 4, concurrency: 2, mortal: NIGHT.mortal }],
	['one n8n that does it all', { workers: 1, concurrency: Infinity, mortal: ['plain'] }],
] as [string, Partial<Night>][])('%s, whatever the limit and whatever dies', async (_what, processes) => {
	for (const perMinute of [5, 20, Infinity]) {
		for (let seed = 1; seed <= 5; seed++) {
			const outcome = await fanOut({ ...processes, perMinute, seed, rows: 600, deathEveryMs: 5 * MINUTE });
			expectRight(outcome, 600);
		}
	}
});

test('no more runs than fit into their ten minutes, and no jobs that pile up where workers are few', async () => {
	const outcome = await fanOut({ workers: 1, concurrency: 3, deathEveryMs: Infinity });
	expectRight(outcome, NIGHT.rows);
	expect(outcome.mostWaiting).toBeLessThanOrEqual(15);
	expect(outcome.mostClaimed).toBeLessThanOrEqual(30);
});

const shortLease = changed('Claim', (parameters) => parameters.replace('30 * 60 * 1000', '60 * 1000'));

test('a lease that is too short pays twice, and still loses and throws away nothing', async () => {
	const { table, thrownAway, sentBeside } = await fanOut({ rows: 600, deathEveryMs: Infinity }, shortLease);
	expect(table.count('answered') + table.count('failed')).toBe(600);
	expect(thrownAway).toBe(0);
	expect(sentBeside).toBeGreaterThan(0);
});

// what the rules are for: each of them left out shows in what is sent twice or lost
test('an answer that only the holder may write is paid again and again', async () => {
	const onlyHolder = changed('Write Back', (parameters) => parameters.replace("'%'", '$execution.id'));
	const { thrownAway, sent } = await fanOut({ rows: 600, deathEveryMs: Infinity }, (workflow) => onlyHolder(shortLease(workflow)));
	expect(thrownAway).toBeGreaterThan(0);
	expect(sent).toBeGreaterThan(900);
});

test('a claim that does not look at the status gives a row to two runs', async () => {
	const anyStatus = changed('Claim', (parameters) => parameters.replace(',{"keyName":"status","condition":"eq","keyValue":"pending"}', ''));
	const { sentBeside } = await fanOut({ perMinute: Infinity, latencyMs: [SECOND, 3 * SECOND] }, anyStatus);
	expect(sentBeside).toBeGreaterThan(0);
});

test('the nightly batch: deaths at night, and a second run before the first has ended', async () => {
	for (let seed = 1; seed <= 5; seed++) {
		const night = { ...NIGHT, rows: 3_000, workers: 1, concurrency: Infinity, mortal: ['plain' as const], bad: 0, deathEveryMs: 90 * MINUTE, seed };
		expectRight(simulate(await readExample('nightly-batch.json'), 'Every night', HOUR, night), 3_000);
	}
});
