import type { INode } from 'n8n-workflow';

import { maskedNode } from '../../nodes/AgentAi/run/maskedNode.ts';

const node = (parameters: object) => ({ name: 'Agent.ai', parameters }) as INode;

test.each<[string, object, object]>([
	['a typed gateway token', { auth_token: 'typed', instance_ip: '10.0.0.1' }, { auth_token: '[hidden]', instance_ip: '10.0.0.1' }],
	['not an expression, which holds none', { auth_token: '={{ $json.token }}' }, { auth_token: '={{ $json.token }}' }],
	['what was typed beside one', { auth_token: '=gw-{{ $json.token }}-end' }, { auth_token: '=[hidden]{{ $json.token }}[hidden]' }],
	[
		'an expression that is none',
		{ auth_token: '=gw-typed', q: '=Hello {{ $json.q }}' },
		{ auth_token: '=[hidden]', q: '=Hello {{ $json.q }}' },
	],
	[
		'the key of a webhook in one',
		{ agent: { value: '=https://api.example/agent/a1/webhook/key-1?x={{ $json.x }}' } },
		{ agent: { value: '=https://api.example/agent/a1/webhook/[hidden]?x={{ $json.x }}' } },
	],
	[
		'JSON around one, of which no part can be told apart',
		{ inputsJson: '={"api_key":"typed","q":{{ $json.q }}}' },
		{ inputsJson: '=[hidden]{{ $json.q }}[hidden]' },
	],
	[
		'secret inputs of an action, by their names',
		{ inputs: { value: { api_key: 'typed', query: 'news' } } },
		{ inputs: { value: { api_key: '[hidden]', query: 'news' } } },
	],
	['secrets inside JSON that was typed', { inputsJson: '{"api_key":"typed","n":1}' }, { inputsJson: '{"api_key":"[hidden]","n":1}' }],
	['JSON that is none, as a whole', { inputsJson: '{"api_key":"typed"' }, { inputsJson: '[hidden]' }],
	['lists below a secret name', { options: { token: ['typed'] } }, { options: { token: ['[hidden]'] } }],
])('masks %s', (_what, parameters, shown) => expect(maskedNode(node(parameters)).parameters).toEqual(shown));

test('the node itself stays as it is', () => {
	const original = node({ auth_token: 'typed' });
	maskedNode(original);
	expect(original.parameters).toEqual({ auth_token: 'typed' });
});
