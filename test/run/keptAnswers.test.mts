import type { IDataObject, INode } from 'n8n-workflow';

import type { ActionResponse } from '../../nodes/AgentAi/failures/result.ts';
import { KeptAnswers } from '../../nodes/AgentAi/run/keptAnswers.ts';

const left = (...answers: [string, ActionResponse][]) => ({ answers, refused: [], handedOver: [] });

describe('kept answers', () => {
	test('belong to the latest run of the node in a loop, and are gone after clear', async () => {
		const context = {};
		await new KeptAnswers(context, 0).keep(left(['a', { response: 1 }]));
		const reloaded = JSON.parse(JSON.stringify(context)) as object;
		expect(new KeptAnswers(reloaded, 0).get('a')).toEqual({ response: 1 });
		const second = new KeptAnswers(context, 1);
		expect(second.get('a')).toBeUndefined();
		await second.keep(left(['b', { response: 2 }]));
		expect(new KeptAnswers(context, 0).get('a')).toBeUndefined();
		expect(second.get('b')).toEqual({ response: 2 });
		second.clear();
		expect(context).toEqual({});
	});

	test('leave out what is no JSON, and a name of Object’s own is none of theirs', async () => {
		const circle: Record<string, unknown> = {};
		circle.self = circle;
		const kept = new KeptAnswers({}, 0);
		await kept.keep(left(['circle', { response: circle }], ['a', { response: 1 }]));
		expect(kept.get('circle')).toBeUndefined();
		expect(kept.get('a')).toEqual({ response: 1 });
		expect(kept.get('constructor')).toBeUndefined();
	});

	test.each<[string, Partial<INode>, IDataObject | undefined, boolean]>([
		['without Retry On Fail', {}, { error: 'x' }, false],
		['with it, after an error item', { retryOnFail: true }, { error: { message: 'x' } }, true],
		['with it, after a row with a field “error”', { retryOnFail: true }, { error: 'from the row' }, true],
		['with it, after an answer', { retryOnFail: true }, { response: 1 }, false],
		['with it, after an empty error', { retryOnFail: true }, { error: null }, false],
		['with it, after a field “error” that is false', { retryOnFail: true }, { error: false }, false],
		['with it, after no item', { retryOnFail: true }, undefined, false],
	])('n8n runs the node again %s: %j', (_when, settings, first, again) => {
		expect(new KeptAnswers({}, 0).runsAgain(settings as INode, first)).toBe(again);
	});

	test('n8n does not run the node again after the last of its tries', async () => {
		const LAST_TRY: [maxTries: number | undefined, last: number][] = [
			[undefined, 3],
			[1, 2],
			[2, 2],
			[4, 4],
			[9, 5],
		];
		for (const [maxTries, last] of LAST_TRY) {
			const context = {};
			const node = { retryOnFail: true, ...(maxTries ? { maxTries } : {}) } as INode;
			const again: boolean[] = [];
			for (let nth = 1; nth <= last; nth++) {
				again.push(new KeptAnswers(context, 0).runsAgain(node, { error: 'x' }));
				await new KeptAnswers(context, 0).keep(left(['a', { response: 1 }]));
			}
			expect(again).toEqual([...Array<boolean>(last - 1).fill(true), false]);
		}
	});

	test('come with the accounts whose token was refused, and with what was handed over, of all tries', async () => {
		const context = {};
		const first = new KeptAnswers(context, 0);
		expect(first.isEmpty).toBe(true);
		expect([first.refusedAccounts, first.wasHandedOver('x')]).toEqual([[], false]);
		await first.keep({ ...left(['a', { response: 1 }]), refused: ['one'], handedOver: ['x'] });
		await new KeptAnswers(context, 0).keep({ ...left(['b', { response: 2 }]), refused: ['two', 'one'], handedOver: ['y'] });
		const kept = new KeptAnswers(context, 0);
		expect(kept.isEmpty).toBe(false);
		expect(kept.refusedAccounts).toEqual(['one', 'two']);
		expect(['x', 'y', 'z'].map((mark) => kept.wasHandedOver(mark))).toEqual([true, true, false]);
	});

	test('are there in the same turn of the event loop where n8n saves nothing later', () => {
		const context = {};
		void new KeptAnswers(context, 0).keep(left(['a', { response: 1 }], ['b', { response: 2 }]), true);
		expect(['a', 'b'].map((key) => new KeptAnswers(context, 0).get(key)?.response)).toEqual([1, 2]);
		// under the name that executions of older versions hold
		expect(Object.keys(context)).toEqual(['agentAiAnswers']);
	});

	test('cost no answer where nothing can be kept', async () => {
		expect(await new KeptAnswers(Object.freeze({}), 0).keep(left(['a', { response: 1 }]))).toBe(0);
		const context = {};
		expect(await new KeptAnswers(context, 0).keep(left())).toBe(0);
		expect(context).toEqual({});
	});

	test('of an earlier try stay when a later one is stopped before it comes by them', async () => {
		const context = {};
		await new KeptAnswers(context, 0).keep(left(['a', { response: 1 }], ['b', { response: 2 }]));
		await new KeptAnswers(context, 0).keep(left(['c', { response: 3 }], ['a', { response: 4 }]));
		const kept = new KeptAnswers(context, 0);
		expect(['a', 'b', 'c'].map((key) => kept.get(key)?.response)).toEqual([4, 2, 3]);
	});

	test('are bounded, the newest kept', async () => {
		const context = {};
		const kept = new KeptAnswers(context, 0, 5_000);
		const big = 'x'.repeat(2_000);
		const answers = left(['old', { response: big }], ['newer', { response: big }], ['newest', { response: big }]);
		expect(await kept.keep(answers)).toBe(2);
		expect(kept.get('old')).toBeUndefined();
		expect(kept.get('newer')).toBeDefined();
		expect(kept.get('newest')).toBeDefined();
		expect(JSON.stringify(context).length).toBeLessThan(5_000);
		// those of an earlier try are the older ones
		expect(await new KeptAnswers(context, 0, 5_000).keep(left(['last', { response: big }]))).toBe(1);
		expect([kept.get('newer'), kept.get('newest')?.response]).toEqual([undefined, big]);
		const exact = new KeptAnswers({}, 0, JSON.stringify({ response: big }).length);
		expect(await exact.keep(left(['old', { response: 1 }], ['a', { response: big }]))).toBe(1);
	});
});
