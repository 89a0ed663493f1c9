import type { INode } from 'n8n-workflow';

import type { ActionRequest } from '../../nodes/AgentAi/client/actionRequest.ts';
import type { AgentAiClient } from '../../nodes/AgentAi/client/client.ts';
import { RequestNames } from '../../nodes/AgentAi/run/requestNames.ts';

const NODE = { credentials: { agentAiApi: { id: '1', name: 'test' } }, parameters: { instance: 'defineBelow' } } as unknown as INode;
const client = (id: string) => ({ id, credential: { instanceIp: '' } }) as unknown as AgentAiClient;
const CHAT: ActionRequest = {
	action: 'openclaw_chat_completion',
	body: { message: 'hi', instance_ip: '10.0.0.1' },
	timeoutSeconds: 60,
	secrets: ['secret-a'],
};
const names = (once = false) => new RequestNames(NODE, once);
const nameOf = (change: Partial<ActionRequest>, index = 0) => names().next(index, { ...CHAT, ...change }, client('a'), [])[0];

test('a row keeps its name whatever was named before it', () => {
	const all = names();
	all.next(0, CHAT, client('a'), []);
	expect(all.next(1, CHAT, client('a'), [])[0]).toBe(nameOf({}, 1));
	expect(nameOf({}, 1)).not.toBe(nameOf({}, 0));
});

test('the answer of a row is looked for under its own number with every account that was refused', () => {
	const kept = names().next(2, CHAT, client('a'), [])[0];
	expect(names().next(2, CHAT, client('b'), ['a'])).toContain(kept);
	expect(names().next(2, CHAT, client('b'), [])).not.toContain(kept);
	expect(names().next(3, CHAT, client('b'), ['a'])).not.toContain(kept);
});

test('equal requests that are sent once go by the first row, but for other secrets and sessions', () => {
	const all = names(true);
	const row = (index: number, change: Partial<ActionRequest> = {}, id = 'a') => all.next(index, { ...CHAT, ...change }, client(id), []);
	const [first] = row(0);
	expect(row(1)[0]).toBe(first);
	// what was kept before the option was on is found too
	expect(row(1)).toContain(nameOf({}, 1));
	for (const [index, change] of [{ secrets: ['secret-b'] }, { session: 'one' }, { jsonMode: 'fail' as const }].entries())
		expect(row(index + 2, change)[0]).not.toBe(first);
	expect(row(9, {}, 'b')[0]).not.toBe(first);
});

test('what decides an answer is in the name, and no secret can be guessed from it', () => {
	const webhook = { agentId: 'one', url: 'https://api.example/agent/one/webhook/key', key: 'key', mode: 'now' as const };
	const secrets = [webhook.url, webhook.key];
	const other = { ...webhook, agentId: 'two' };
	const ofRun = { ...webhook, mode: { run: 'r1' } };
	const all = [
		{},
		{ webhook, secrets },
		{ webhook: other, secrets },
		{ webhook: ofRun, secrets },
		{ answersWithSecrets: 'shown' as const },
	];
	expect(new Set(all.map((change) => nameOf(change))).size).toBe(all.length);
	const secret = (value: string) => nameOf({ body: { ...CHAT.body, api_key: value }, secrets: [value] });
	expect(secret('one')).toBe(secret('two'));
});
