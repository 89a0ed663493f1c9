import { failure, type FailureKind } from '../../nodes/AgentAi/failures/failure.ts';
import { errorJson, nodeError } from '../../nodes/AgentAi/run/nodeError.ts';

test('an error says whether the item may be sent again as it is: nothing was run, and it is not to blame', () => {
	const cases: [FailureKind, boolean][] = [
		['connectionRefused', true],
		['rateLimited', true],
		['dailyLimit', true],
		['agentToken', true],
		['credential', true],
		['badInput', false],
		['badRequest', false],
		['timeout', false],
		['connectionReset', false],
		// whoever stands in front may have said it after the work was done
		['unavailable', false],
		['upstream', false],
	];
	for (const [kind, again] of cases) expect([kind, errorJson(failure(kind), 0).sendAgain]).toEqual([kind, again || undefined]);
	expect(errorJson(failure('timeout'), 0, undefined, true).sendAgain).toBe(true);
});

test('a message that quotes codes of Node.js is not replaced by one of n8n’s own', () => {
	const node = { id: '1', name: 'Agent.ai', type: 'agentAi', typeVersion: 1, position: [0, 0] as [number, number], parameters: {} };
	for (const code of ['ECONNREFUSED', 'EAI_AGAIN', 'ENOTFOUND', 'ETIMEDOUT', 'getaddrinfo ENOTFOUND', 'EACCES']) {
		const { message } = nodeError(node, failure('upstream', { message: `It said: connect ${code} 10.0.0.1` }), 0);
		expect(message.replaceAll('\u2060', '')).toBe(`It said: connect ${code} 10.0.0.1`);
	}
});
