import { failure } from '../../nodes/AgentAi/failures/failure.ts';
import type { FailureRow } from '../../nodes/AgentAi/failures/failureRow.ts';
import { type FailureKind, FAILURES } from '../../nodes/AgentAi/failures/failureTable.ts';
import { FOR_VISITORS, forModel } from '../../nodes/AgentAi/failures/readers.ts';
import { eachRow } from '../support/eachRow.mts';

const KINDS = Object.entries<FailureRow>(FAILURES).map(([kind, row]) => ({ kind: kind as FailureKind, ...row }));

describe('a model that has called the node as its tool', () => {
	test('reads of no failure what only a person can turn', () =>
		eachRow(
			KINDS,
			({ kind }) => kind,
			({ kind }) => {
				if (kind === 'badInput') return;
				expect(forModel(failure(kind)).description).not.toMatch(/credential|Options|Max |Retry|turn (on|off)|Base URL|n8n/);
			},
		));

	test('is told by what was delivered whether to call again', () =>
		eachRow(
			KINDS,
			({ kind }) => kind,
			({ kind, delivery }) => {
				const { description } = forModel(failure(kind));
				if (delivery === 'uncertain' && kind !== 'toolFailed') expect(description).toMatch(/^The work may have been done anyway/);
				if (description.startsWith('Nothing was run')) expect(['final', 'uncertain']).not.toContain(delivery);
			},
		));

	test.each<[FailureKind, string]>([
		['toolFailed', 'Correct what you passed to this tool, then call it again. The response was: “no such file”'],
		['agentToken', 'You cannot fix this: tell the person who runs this workflow. The response was: “no such file”'],
	])('reads what the other side said (%s)', (kind, description) => {
		expect(forModel(failure(kind, { said: 'no such file' }))).toMatchObject({ kind, description });
	});

	test('reads of an input of its own what to correct', () => {
		const failed = { ...failure('badInput'), description: 'Use a JSON object such as {"query":"rain"}.' };
		expect(forModel(failed).description).toBe(failed.description);
	});
});

test('a visitor reads one neutral sentence or two, without words of a server', () => expect(FOR_VISITORS).toMatch(/^[\w ,.]{20,80}\.$/));
