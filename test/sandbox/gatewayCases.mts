import type { ChatBody } from '../../sandbox/openClawActions.mts';

/** A chat or a tool call, with the fields that matter; `token` in the place of the right one. */
export type Step =
	| { chat: Partial<ChatBody>; token?: string }
	| { tool: string; args?: object; session?: string; token?: string }
	/** Chats that are sent at the same time; what they give is sorted. */
	| { together: Partial<ChatBody>[] }
	/** A chat whose client goes away after so many ms. */
	| { leaves: Partial<ChatBody>; afterMs: number };

/** What an OpenClaw gateway does, as it is seen through agent.ai's actions: one line for each answer of each step. */
export interface GatewayCase {
	name: string;
	steps: Step[];
	/** As `describeAnswer` puts it. */
	answers: string[];
	/** Takes more than a minute on the real gateway, which asks a failing provider again. */
	isSlow?: boolean;
}

/** The agents of the gateway with several; the last three have a model provider of their own, which a case may spoil. */
export const SEVERAL_AGENTS = ['main', 'research', 'keyless', 'moneyless', 'broken'];
export const OWN_PROVIDERS = ['keyless', 'moneyless', 'broken'];

const NO_OWNER =
	'Multiple agents are configured, but this operation has no explicit owner. Select an agent explicitly; CLI callers can pass --agent <id>, channels can add a binding, and ambient services can set their agentId target.';
const error = (status: number, type: string, message: string) => `${status} ${type} “${message}”`;
const INTERNAL = error(500, 'api_error', 'internal error');
const said = (text: string) => `200 “${text}” with usage`;
const streamed = (text: string) => `200 stream “${text}”, stop, end`;
const streamedError = (type: string, message: string) => `200 stream “”, ${type} “${message}”, end`;
const unknownAgent = (id: string) => error(400, 'invalid_request_error', `Unknown agent '${id}'.`);
const RESERVED = error(400, 'invalid_request_error', '`x-openclaw-session-key` cannot use reserved internal session namespaces.');
const NO_MESSAGE = error(400, 'invalid_request_error', 'Missing user message in `messages`.');
const UNAUTHORIZED = error(401, 'unauthorized', 'Unauthorized');
const notAvailable = (tool: string) => `tool not_found “Tool not available: ${tool}”`;
const key = (name: string, agent = 'main') => `agent:${agent}:${name}`;

/** Cases for a gateway with several agents, which own their sessions explicitly. */
export const SEVERAL: GatewayCase[] = [
	{ name: 'an answer', steps: [{ chat: { message: 'hello' } }], answers: [said('You said: hello')] },
	{
		name: 'an answer in pieces carries no usage',
		steps: [{ chat: { message: 'one two three', stream: true } }],
		answers: [streamed('You said: one two three')],
	},
	...['openclaw:research', 'openclaw/research', 'agent:research', 'OpenClaw:Research'].map(
		(model): GatewayCase => ({ name: `the model ${model}`, steps: [{ chat: { message: 'hi', model } }], answers: [said('You said: hi')] }),
	),
	{
		name: 'the agent leads over the model',
		steps: [
			{ chat: { message: 'hi', model: 'openclaw:nobody', agent_id: 'research', session_key: key('led', 'research') } },
			{ tool: 'sessions_list', args: { search: ':led' } },
		],
		answers: [said('You said: hi'), 'tool sessions agent:research:led (research)'],
	},
	{ name: 'an unknown model', steps: [{ chat: { message: 'hi', model: 'openclaw:nobody' } }], answers: [unknownAgent('nobody')] },
	{ name: 'an unknown agent', steps: [{ chat: { message: 'hi', agent_id: 'nobody' } }], answers: [unknownAgent('nobody')] },
	{ name: 'default is no agent', steps: [{ chat: { message: 'hi', agent_id: 'default' } }], answers: [unknownAgent('default')] },
	{
		name: 'a model of another kind',
		steps: [{ chat: { message: 'hi', model: 'gpt-5' } }],
		answers: [error(400, 'invalid_request_error', 'Invalid `model`. Use `openclaw` or `openclaw/<agentId>`.')],
	},
	{
		name: 'openclaw/default names nobody',
		steps: [{ chat: { message: 'hi', model: 'openclaw/default' } }],
		answers: [error(400, 'invalid_request_error', NO_OWNER)],
	},
	{ name: 'a bare session key', steps: [{ chat: { message: 'hi', session_key: 'bare' } }], answers: [INTERNAL] },
	{
		name: 'a bare session key, with the agent named',
		steps: [{ chat: { message: 'hi', agent_id: 'main', session_key: 'bare' } }],
		answers: [INTERNAL],
	},
	{
		name: 'a bare session key, streamed',
		steps: [{ chat: { message: 'hi', session_key: 'bare', stream: true } }],
		answers: [streamedError('api_error', 'internal error')],
	},
	{
		name: 'a session remembers, whatever the spelling of its key',
		steps: [
			{ chat: { message: 'one', session_key: key('talk') } },
			{ chat: { message: 'two', session_key: ' AGENT:Main:Talk ' } },
			{ chat: { message: 'three', session_key: key('talk'), stream: true } },
		],
		answers: [
			said('You said: one'),
			said('You said: two (turn 2; before that: one)'),
			streamed('You said: three (turn 3; before that: two)'),
		],
	},
	{
		name: 'the agent of a session key leads over the model',
		steps: [{ chat: { message: 'hi', session_key: key('owned', 'research') } }, { tool: 'sessions_list', args: { search: ':owned' } }],
		answers: [said('You said: hi'), 'tool sessions agent:research:owned (research)'],
	},
	{ name: 'a session of an unknown agent', steps: [{ chat: { message: 'hi', session_key: key('x', 'nobody') } }], answers: [INTERNAL] },
	{ name: 'a session of “default”', steps: [{ chat: { message: 'hi', session_key: key('x', 'default') } }], answers: [INTERNAL] },
	{
		name: 'reserved session keys',
		steps: [{ chat: { message: 'hi', session_key: 'cron:x' } }, { chat: { message: 'hi', session_key: key('subagent:x') } }],
		answers: [RESERVED, RESERVED],
	},
	{
		name: 'no message',
		steps: [{ chat: {} }, { chat: { message: '  ' } }, { chat: { messages_json: '[]' } }],
		answers: [NO_MESSAGE, NO_MESSAGE, NO_MESSAGE],
	},
	{
		name: 'earlier messages',
		steps: [
			{
				chat: {
					message: 'and now?',
					messages_json: '[{"role":"user","content":"first\\nline two","name":null},{"role":"assistant","content":"yes"}]',
				},
			},
		],
		answers: [said('You said: and now? (turn 2; before that: first\nline two)')],
	},
	{
		name: 'earlier messages alone',
		steps: [
			{
				chat: {
					messages_json:
						'[{"role":"system","content":"be brief"},{"role":"user","content":"first"},{"role":"assistant","content":"yes"},{"role":"user","content":"second"}]',
				},
			},
		],
		answers: [said('You said: second (turn 2; before that: first)')],
	},
	{
		name: 'heartbeat words come through as answers',
		steps: [
			{ chat: { message: '[[say HEARTBEAT_OK]]' } },
			{ chat: { message: '[[say HEARTBEAT_OK]]', stream: true } },
			{ chat: { message: '[[say All done. NO_REPLY]]' } },
		],
		answers: [said('HEARTBEAT_OK'), streamed('HEARTBEAT_OK'), said('All done. NO_REPLY')],
	},
	{
		name: 'two at once on a new session: one of them fails',
		steps: [
			{
				together: [
					{ message: '[[delay 500]] a', session_key: key('fresh') },
					{ message: '[[delay 500]] a', session_key: key('fresh') },
				],
			},
		],
		answers: [said('You said: a'), INTERNAL],
	},
	{
		name: 'three at once on a session that is there: one after another',
		steps: [
			{ chat: { message: 'x', session_key: key('there') } },
			{ together: [1, 2, 3].map(() => ({ message: '[[delay 200]] x', session_key: key('there') })) },
		],
		answers: [
			said('You said: x'),
			said('You said: x (turn 2; before that: x)'),
			said('You said: x (turn 3; before that: x)'),
			said('You said: x (turn 4; before that: x)'),
		],
	},
	{
		name: 'a client that leaves ends the run; its message opens the next prompt, and is forgotten then',
		steps: [
			{ chat: { message: 'one', session_key: key('left') } },
			{ leaves: { message: '[[delay 20000]] two', session_key: key('left') }, afterMs: 2_500 },
			{ chat: { message: 'three', session_key: key('left') } },
			{ chat: { message: 'four', session_key: key('left') } },
		],
		answers: [
			said('You said: one'),
			'left',
			said('You said: three (turn 3; before that: two)'),
			said('You said: four (turn 3; before that: three)'),
		],
	},
	{
		name: 'a tool in the middle of a stream',
		steps: [{ chat: { message: '[[tool sessions_list {"limit":1}]] done', stream: true } }],
		answers: [streamed('You said: done')],
	},
	{
		name: 'a model that answers nothing',
		steps: [{ chat: { message: '[[empty]] x' } }, { chat: { message: '[[empty]] x', stream: true } }],
		answers: [INTERNAL, streamedError('api_error', 'internal error')],
	},
	{
		name: 'the provider refuses the request',
		steps: [{ chat: { message: '[[fail 400]] x' } }, { chat: { message: 'x' } }],
		answers: [error(400, 'invalid_request_error', '400 The scripted model fails with 400'), said('You said: x')],
	},
	{
		name: 'the provider refuses its key, which is out of use then',
		steps: [
			{ chat: { message: '[[fail 401]] x', agent_id: 'keyless' } },
			{ chat: { message: 'x', agent_id: 'keyless' } },
			{ chat: { message: 'x', agent_id: 'keyless', stream: true } },
			{ chat: { message: 'x', agent_id: 'main' } },
		],
		answers: [
			error(401, 'authentication_error', '401 The scripted model fails with 401'),
			INTERNAL,
			streamedError(
				'api_error',
				'Inline API key for provider "keyless" is temporarily disabled after a provider auth/billing failure. Retry after about 1 minute, or switch to a different auth profile/API key.',
			),
			said('You said: x'),
		],
	},
	{
		name: 'the provider wants money, and its key is out of use then',
		steps: [
			{ chat: { message: '[[fail 402]] x', agent_id: 'moneyless', stream: true } },
			{ chat: { message: 'x', agent_id: 'moneyless' } },
			{ chat: { message: 'x', agent_id: 'moneyless', stream: true } },
		],
		answers: [
			streamedError('insufficient_quota', '402 The scripted model fails with 402'),
			INTERNAL,
			streamedError(
				'api_error',
				'Inline API key for provider "moneyless" is temporarily disabled after a provider auth/billing failure. Retry after about 10 minutes, or switch to a different auth profile/API key.',
			),
		],
	},
	{
		name: 'a wrong gateway token',
		steps: [
			{ chat: { message: 'hi' }, token: 'wrong' },
			{ chat: { message: 'hi', stream: true }, token: 'wrong' },
			{ tool: 'agents_list', token: 'wrong' },
			{ chat: { message: 'hi' } },
		],
		answers: [UNAUTHORIZED, UNAUTHORIZED, UNAUTHORIZED, said('You said: hi')],
	},
	{
		name: 'agents_list shows the calling agent alone',
		steps: [
			{ tool: 'agents_list' },
			{ tool: 'agents_list', session: 'main' },
			{ tool: 'agents_list', session: 'agent:research:main' },
			{ tool: 'agents_list', session: 'bare' },
		],
		answers: ['tool agents main', 'tool agents main', 'tool agents research', 'tool agents main'],
	},
	{
		name: 'sessions_list searches, and says when there are more',
		steps: [
			{ chat: { message: 'hi', session_key: key('many-1') } },
			{ chat: { message: 'hi', session_key: key('many-2', 'research') } },
			{ tool: 'sessions_list', args: { search: 'many-' } },
			{ tool: 'sessions_list', args: { search: 'many-', limit: 1 } },
			{ tool: 'sessions_list', args: { search: 'many-', limit: 1, offset: 1 } },
			{ tool: 'sessions_list', args: { search: 'no such session' } },
			{ tool: 'sessions_list', args: { limit: 'x' } },
		],
		answers: [
			said('You said: hi'),
			said('You said: hi'),
			'tool sessions agent:research:many-2 (research), agent:main:many-1 (main)',
			'tool sessions agent:research:many-2 (research), and more',
			'tool sessions agent:main:many-1 (main)',
			'tool sessions none',
			'tool tool_error “limit must be a positive integer”',
		],
	},
	{
		name: 'a request without a key leaves a nameless session',
		steps: [
			{ chat: { message: 'hi', agent_id: 'research' } },
			{ chat: { message: 'hi', agent_id: 'research' } },
			{ tool: 'sessions_list', args: { search: 'research:openai', limit: 1 } },
		],
		answers: [said('You said: hi'), said('You said: hi'), 'tool sessions agent:research:openai:<uuid> (research), and more'],
	},
	{
		name: 'a tool that fails may say ok',
		steps: [
			{ tool: 'sessions_history', args: { sessionKey: key('x', 'nobody') } },
			{ tool: 'sessions_history', args: { sessionKey: key('never') } },
			{ tool: 'memory_get', args: { path: '../secret' } },
			{ tool: 'memory_get', args: { path: 'MEMORY.md' } },
		],
		answers: [
			'tool error “Unknown agent id "nobody"”',
			'tool error “No session found: agent:main:never”',
			'tool error “path is not an allowed Markdown memory file”',
			'tool not_found',
		],
	},
	{
		name: 'a tool whose input is wrong, and one that fails',
		steps: [{ tool: 'sessions_history' }, { tool: 'message', args: { action: 'send' } }],
		answers: ['tool tool_error “sessionKey required”', 'tool tool_error “tool execution failed”'],
	},
	{
		name: 'tools that are not there, or not over HTTP',
		steps: [
			{ tool: 'no_such_tool' },
			{ tool: 'exec', args: { command: 'ls' } },
			{ tool: 'sessions_send', args: { sessionKey: key('x'), message: 'x' } },
			{ tool: 'sessions_spawn', args: { task: 'x' } },
			{ tool: 'gateway' },
			{ tool: 'nodes' },
			{ tool: 'cron', args: { action: 'list' } },
			{ tool: 'automations', args: { action: 'list' } },
		],
		answers: [
			notAvailable('no_such_tool'),
			notAvailable('exec'),
			notAvailable('sessions_send'),
			notAvailable('sessions_spawn'),
			notAvailable('gateway'),
			notAvailable('nodes'),
			notAvailable('automations'),
			notAvailable('automations'),
		],
	},
	{
		name: 'the provider fails',
		steps: [{ chat: { message: '[[fail 500]] x', agent_id: 'broken', session_key: key('failing', 'broken') } }],
		answers: [error(502, 'api_error', 'upstream provider error')],
		isSlow: true,
	},
	{
		name: 'the provider cuts the connection',
		steps: [{ chat: { message: '[[cut]] one two three', agent_id: 'broken', session_key: key('cut', 'broken') } }],
		answers: [error(408, 'api_error', 'upstream provider timeout')],
		isSlow: true,
	},
];

/** Cases for a gateway with one agent. */
export const ONE: GatewayCase[] = [
	{
		name: 'one agent: a bare key and its full form are one session',
		steps: [
			{ chat: { message: 'one', session_key: 'conv' } },
			{ chat: { message: 'two', session_key: key('conv') } },
			{ chat: { message: 'three', session_key: 'CONV', model: 'openclaw' } },
		],
		answers: [said('You said: one'), said('You said: two (turn 2; before that: one)'), said('You said: three (turn 3; before that: two)')],
	},
	{
		name: 'one agent: openclaw/default is it',
		steps: [
			{ chat: { message: 'hi', model: 'openclaw/default' } },
			{ chat: { message: 'hi', model: 'openclaw/default', session_key: 'by-default' } },
			{ tool: 'sessions_list', args: { search: 'by-default' } },
		],
		answers: [said('You said: hi'), said('You said: hi'), 'tool sessions agent:main:by-default (main)'],
	},
];

/** Wrong tokens until the gateway locks the caller out, in both. */
export const LOCKOUT = { maxAttempts: 3, lockoutMs: 20_000 };

/** Run last on a gateway with one agent: afterwards it answers nobody. */
export const LOCKED_OUT: GatewayCase = {
	name: 'after too many wrong tokens the right one is refused as well',
	steps: [
		...[1, 2, 3].map((): Step => ({ chat: { message: 'hi' }, token: 'wrong' })),
		{ chat: { message: 'hi' } },
		{ chat: { message: 'hi', stream: true } },
		{ tool: 'agents_list' },
	],
	answers: [
		UNAUTHORIZED,
		UNAUTHORIZED,
		UNAUTHORIZED,
		...[1, 2, 3].map(() => error(429, 'rate_limited', 'Too many failed authentication attempts. Please try again later.')),
	],
};

/** Run on a gateway whose chat endpoint was never enabled. */
export const DISABLED: GatewayCase = {
	name: 'the chat endpoint is not enabled, tools work',
	steps: [{ chat: { message: 'hi' } }, { chat: { message: 'hi', stream: true } }, { tool: 'agents_list' }],
	answers: ['404 “OpenClaw instance returned 404: Not Found”', '404 “OpenClaw instance returned 404: Not Found”', 'tool agents main'],
};
