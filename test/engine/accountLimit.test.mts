import { messages, runRows } from '../support/rows.mts';
import { startSandbox, textOf } from '../support/sandbox.mts';

const LIMIT = 20;
const WINDOW_MS = 2_000;

test('ten batches and thirty single runs at once: few refusals, no answer missing, the limit used', async () => {
	const sandbox = await startSandbox({ rateLimit: LIMIT, rateWindowMs: WINDOW_MS, latencyMs: 40 });
	const runs = await Promise.all([
		...Array.from({ length: 10 }, async (_, run) => await runRows(sandbox, `batch ${run} row`, 5)),
		...Array.from({ length: 30 }, async (_, run) => await runRows(sandbox, `single ${run} row`, 1)),
	]);
	expect(runs.flatMap(({ items }) => items.filter(({ json }) => textOf(json) !== undefined))).toHaveLength(80);
	expect(new Set(messages(sandbox)).size).toBe(80);
	const { refused, windows } = sandbox.rateLimit!;
	expect(refused).toBeLessThanOrEqual(0.05 * 80);
	// no window passed unused; the share to the percent is a figure of bench/
	const [first, last] = [windows[0]!, windows.at(-1)!];
	const allowed = ((last.startedAt - first.startedAt) / WINDOW_MS) * LIMIT + last.used;
	expect(80 / allowed).toBeGreaterThan(0.75);
}, 120_000);

describe('Max Wait', () => {
	test.each([
		[0, 2, 18],
		[60, 20, 0],
	])(
		'%s s: with two requests left, %s of 20 rows are answered',
		async (maxRateLimitWait, answered, failed) => {
			const sandbox = await startSandbox({ rateLimit: LIMIT, rateWindowMs: 2_000 });
			await runRows(sandbox, 'before', LIMIT - 2);
			const { items } = await runRows(sandbox, 'row', 20, { options: { maxRateLimitWait }, onError: 'continueRegularOutput' });
			expect(items.filter(({ json }) => textOf(json) !== undefined)).toHaveLength(answered);
			expect(items.filter(({ json }) => JSON.stringify(json.error ?? '').includes('Max Wait'))).toHaveLength(failed);
			expect(sandbox.rateLimit!.refused).toBe(0);
		},
		20_000,
	);
});
