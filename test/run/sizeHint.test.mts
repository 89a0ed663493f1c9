import { NOTHING_SPENT } from '../../nodes/AgentAi/batch/types.ts';
import type { OutputSettings } from '../../nodes/AgentAi/parameters/output.ts';
import { DEFAULT_SETTINGS } from '../../nodes/AgentAi/run/prepare.ts';
import { sizeHint } from '../../nodes/AgentAi/run/report.ts';
import { Results } from '../../nodes/AgentAi/run/results.ts';

function hintOn(count: number, length: number, settings: Partial<OutputSettings> = {}, outputName: string | undefined = 'openclaw_result') {
	const results = new Results(count);
	const value = { status: 200, response: { response_text: 'x'.repeat(length) } };
	for (let index = 0; index < count; index++) {
		const ready = { request: { outputName } } as never;
		const item = { index, settings: { ...DEFAULT_SETTINGS, ...settings }, ready };
		results.settle(item, { state: 'answered', value, ...NOTHING_SPENT });
	}
	return sizeHint(results)?.message;
}

test('from 5 MB on the hint recommends Simplify, and only where the answers stand twice', () => {
	expect(hintOn(900, 10_000)).toMatch(/^The output is about 17 MB, .* turn on Simplify/);
	expect(hintOn(250, 10_000)).toMatch(/^The output is about 5 MB/);
	expect(hintOn(200, 10_000)).toBeUndefined();
	expect(hintOn(900, 10_000, { simplify: true })).toBeUndefined();
	expect(hintOn(900, 10_000, { includeInputFields: true })).toBeUndefined();
	expect(hintOn(0, 0)).toBeUndefined();
});
