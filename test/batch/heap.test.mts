import fc from 'fast-check';

import { Heap } from '../../nodes/AgentAi/batch/heap.ts';

test('gives its entries smallest first, whatever the order of pushes and pops', () => {
	fc.assert(
		fc.property(fc.array(fc.option(fc.integer(), { nil: undefined })), (steps) => {
			const heap = new Heap<number>((a, b) => a - b);
			const model: number[] = [];
			for (const step of steps) {
				if (step === undefined) {
					expect(heap.peek()).toBe(model[0]);
					expect(heap.pop()).toBe(model.shift());
				} else {
					heap.push(step);
					model.push(step);
					model.sort((a, b) => a - b);
				}
				expect(heap.size).toBe(model.length);
			}
		}),
	);
});
