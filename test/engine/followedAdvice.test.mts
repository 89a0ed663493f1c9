import { createServer, Socket } from 'node:net';

import type { IDataObject, INodeProperties, INodeTypeDescription } from 'n8n-workflow';
import { NodeHelpers } from 'n8n-workflow';

import { AgentAiApi } from '../../credentials/AgentAiApi.credentials.ts';
import { AgentAi } from '../../nodes/AgentAi/AgentAi.node.ts';
import { systemClock } from '../../nodes/AgentAi/client/systemClock.ts';
import { failureRow, FAILURES } from '../../nodes/AgentAi/failures/failureTable.ts';
import { FOR_VISITORS } from '../../nodes/AgentAi/failures/readers.ts';
import { LmChatAgentAi } from '../../nodes/AgentAi/LmChatAgentAi.node.ts';
import { CATALOGUE, publicEntry } from '../../sandbox/catalogue.mts';
import { type Fields, follow, type Seen, sentencesIn, type World } from '../support/adviceFollower.mts';
import { askModel } from '../support/askers.mts';
import { runNode } from '../support/engine.mts';
import { has, protectNetwork } from '../support/features.mts';
import { portOf } from '../support/port.mts';
import { type WireAnswer, WireServer } from '../support/wireServer.mts';

// hands the model through, which n8n would put into LangChain's clothes
jest.mock('@n8n/ai-node-sdk', () => ({ supplyModel: (_context: unknown, model: unknown) => ({ response: model }) }));

// a server that never reports the timeout costs a test this instead of ten seconds
jest.mock('../../nodes/AgentAi/transport/wireRequest.ts', () => ({ TIMEOUT_MARGIN_S: 0.2 }));

/** Time that a person has waited, as the advice says, in ms. */
let waitedMs = 0;
/** After this even the limit of a day has reset. */
const A_DAY_MS = 86_400_000;

beforeAll(() => {
	// tries follow each other at once
	Object.assign(systemClock, { now: () => performance.now() + waitedMs, random: () => 0 });
});

const told = (status: number, error: unknown, more: Partial<WireAnswer> = {}): WireAnswer => ({
	status,
	body: JSON.stringify({ status, error, response: null }),
	...more,
});
const inBody = (body: object): WireAnswer => ({ body: JSON.stringify(body) });
const events = (...lines: object[]) => lines.map((line) => `data: ${JSON.stringify(line)}\n\n`).join('');
const piece = (content: string, more: object = {}) => ({ choices: [{ index: 0, delta: { content }, ...more }] });
const streamed = (body: string, more: Partial<WireAnswer> = {}): WireAnswer => ({ contentType: 'text/event-stream', body, ...more });
const page = (status: number, headers: Record<string, string> = {}): WireAnswer => ({
	status,
	contentType: 'text/html',
	headers,
	body: '<!DOCTYPE html><html><head><title>Sign in</title></head><body>Sign in</body></html>',
});

const AGENT = {
	type: 'function',
	function: {
		name: 'invoke_agent_a1',
		description: 'x',
		parameters: { type: 'object', properties: {} },
		metadata: { id: 'a1', name: 'A' },
	},
};
const GOOD = {
	openclaw_chat_completion: { status: 200, response: { response_text: 'answered' } },
	openclaw_tools_invoke: { status: 200, response: { ok: true, result: { content: [{ type: 'text', text: 'answered' }] } } },
	sandbox_echo: { status: 200, response: 'answered' },
	invoke_agent: { status: 200, response: 'answered' },
	describe_agent: { status: 200, agent: { id: 'a1', name: 'A' }, inputs: ['topic'], outputs: [] },
	search: { status: 200, response: [AGENT] },
};

/** One way to ask agent.ai for something: an operation with its parameters, or the chat model. */
interface Way {
	name: string;
	/** What the operation asks of agent.ai; a webhook has a name of its own. */
	action: keyof typeof GOOD | 'openclaw_get_details' | 'webhook';
	parameters: (right: World['right']) => IDataObject;
	options?: IDataObject;
	credential?: Partial<Fields>;
	model?: { stream: boolean };
	asked: 'chat' | 'tool' | 'other';
	reads?: true;
}

const locator = (value: unknown, mode = 'id') => ({ __rl: true, mode, value });
const chat = {
	action: 'openclaw_chat_completion',
	asked: 'chat',
	parameters: () => ({ resource: 'openclaw', operation: 'chatCompletion', message: LONG }),
} as const;
const LONG = 'A message that is longer than a server likes. '.repeat(20);
const ownInstance = ({ instanceIp, authToken }: Fields) => ({ instance: 'defineBelow', instance_ip: instanceIp, auth_token: authToken });
const NO_INSTANCE = { instanceIp: '', authToken: '' };

const WAYS: Way[] = [
	{ ...chat, name: 'chat completion' },
	{ ...chat, name: 'chat completion, streaming', options: { stream: true } },
	{ ...chat, name: 'chat completion, instance below', parameters: (right) => ({ ...chat.parameters(), ...ownInstance(right) }) },
	{ ...chat, name: 'chat completion, instance of the account', credential: NO_INSTANCE },
	{
		name: 'get details',
		action: 'openclaw_get_details',
		asked: 'other',
		reads: true,
		parameters: () => ({ resource: 'openclaw', operation: 'getDetails' }),
	},
	{
		name: 'invoke tool',
		action: 'openclaw_tools_invoke',
		asked: 'tool',
		parameters: () => ({
			resource: 'openclaw',
			operation: 'invokeTool',
			tool: locator('sessions_list'),
			args_json: JSON.stringify({ text: LONG }),
		}),
	},
	{
		name: 'action run',
		action: 'sandbox_echo',
		asked: 'other',
		parameters: () => ({
			resource: 'action',
			operation: 'run',
			actionName: locator('sandbox_echo'),
			inputsMode: 'json',
			inputsJson: JSON.stringify({ message: LONG, output_variable_name: 'echo' }),
		}),
	},
	{
		name: 'agent run',
		action: 'invoke_agent',
		asked: 'other',
		parameters: () => ({
			resource: 'agent',
			operation: 'run',
			agent: locator('a1'),
			inputsMode: 'json',
			inputsJson: JSON.stringify({ topic: LONG }),
		}),
	},
	{
		name: 'agent run by webhook',
		action: 'webhook',
		asked: 'other',
		parameters: ({ webhook }) => ({
			resource: 'agent',
			operation: 'run',
			agent: locator(webhook, 'webhook'),
			inputsMode: 'json',
			inputsJson: JSON.stringify({ topic: LONG }),
		}),
	},
	{
		name: 'agent get',
		action: 'describe_agent',
		asked: 'other',
		reads: true,
		parameters: () => ({ resource: 'agent', operation: 'get', agent: locator('a1') }),
	},
	{ name: 'agent get many', action: 'search', asked: 'other', reads: true, parameters: () => ({ resource: 'agent', operation: 'getAll' }) },
	{ ...chat, name: 'chat model', parameters: () => ({ agent_id: 'main' }), model: { stream: false } },
	{ ...chat, name: 'chat model, streaming', parameters: () => ({ agent_id: 'main' }), model: { stream: true } },
	{
		...chat,
		name: 'chat model, instance below',
		parameters: (right) => ({ agent_id: 'main', ...ownInstance(right) }),
		model: { stream: false },
	},
];

/** Something that goes wrong until what its advice asks for is done. */
interface Trouble {
	/** The kinds of failure that it is, in one way or the other. */
	kinds: (keyof typeof FAILURES)[];
	/** Where it can be; everywhere, unless given. */
	where?: (way: Way) => boolean;
	/** What is wrong from the start. */
	wrong?: (world: World, way: Way) => void;
	options?: IDataObject;
	/** How what is said to have happened begins, where the kind has words for each case. */
	message?: string;
	/** What the server says instead of its answer, to the so-manieth request of the run. */
	says?: (world: World, number: number, way: Way, asked: { body: string; path: string }) => WireAnswer | undefined;
	/** What agent.ai says when it is asked for the account's instance. */
	details?: (world: World) => object | undefined;
	/** How many items there are. */
	items?: number;
	/** What is wrong with this n8n and its network, for everything that it sends, until it is mended where the advice says. */
	around?: { begin: () => void; mend: () => void; deed?: RegExp };
	/** What whoever was asked instead of the server has seen of each item. */
	seen?: Seen;
}

const isChat = ({ asked }: Way) => asked === 'chat';
const isOpenClaw = ({ asked }: Way) => asked !== 'other';
const isOfAccount = ({ credential }: Way) => credential === NO_INSTANCE;
const isStream = ({ options, model }: Way) => options?.stream === true || model?.stream === true;
const isNode = ({ model }: Way) => model === undefined;
const isCalled = ({ action }: Way) => action !== 'webhook';
const did = ({ done }: World, deed: RegExp) => [...done].some((each) => deed.test(each));
/** Something is wrong until it is mended where the advice says. */
const until =
	(deed: RegExp, answer: WireAnswer): Trouble['says'] =>
	(world) =>
		did(world, deed) ? undefined : answer;
const WAITED = /^waited$/;
/** Nobody knows whether the agent has worked: the first request of each run fails so, and where asking is harmless all of them, until later. */
const uncertain =
	(answer: WireAnswer): Trouble['says'] =>
	(world, number, way) => {
		if (did(world, WAITED)) return undefined;
		return way.reads || number === 1 ? answer : undefined;
	};
const ONCE = { maxTries: 1, maxRateLimitWait: 0 };
const tooMany = (type: string) => ({ message: 'Too many failed authentication attempts', type });
const isBaseUrlRight = ({ credential, right }: World) => credential.baseUrl === right.baseUrl;
const misdirected = ({ credential, right }: World) => void (credential.baseUrl = right.baseUrl.replace('/v1', '/elsewhere/v1'));
const unlessRight =
	(answer: WireAnswer): Trouble['says'] =>
	(world) =>
		isBaseUrlRight(world) ? undefined : answer;
/** Wherever the way has its gateway token from, it is a wrong one. */
function wrongGatewayToken(world: World): void {
	if (world.parameters.instance === 'defineBelow') world.parameters.auth_token = 'wrong-gateway-token';
	else if (world.credential.instanceIp !== '') world.credential.authToken = 'wrong-gateway-token';
}
const hasWrongToken = (world: World, { body }: { body: string }) => !body.includes(world.right.authToken);
const isInstanceDetails = (world: World) => (did(world, /token at agent\.ai/) ? undefined : { auth_token: 'wrong-gateway-token' });

const PROXY_VARIABLES = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'NO_PROXY', 'no_proxy'];
const proxiesBefore = PROXY_VARIABLES.map((name) => [name, process.env[name]] as const);
function setProxy(url: string): void {
	for (const name of PROXY_VARIABLES) process.env[name] = /no/i.test(name) ? '' : url;
}
function restoreProxies(): void {
	for (const [name, value] of proxiesBefore) {
		if (value === undefined) Reflect.deleteProperty(process.env, name);
		else process.env[name] = value;
	}
}

/** Lets this process open so many connections at once, as a limit of open files does. */
function allowConnections(most: number): void {
	let open = 0;
	const connect = Reflect.get(Socket.prototype, 'connect') as (this: Socket, ...args: unknown[]) => Socket;
	jest.spyOn(Socket.prototype, 'connect').mockImplementation(function (this: Socket, ...args: unknown[]) {
		if (++open <= most)
			return connect.apply(
				this.once('close', () => open--),
				args,
			);
		open--;
		process.nextTick(() => this.destroy(Object.assign(new Error('connect EMFILE'), { code: 'EMFILE', syscall: 'connect' })));
		return this;
	});
}
const allowAllConnections = () => jest.restoreAllMocks();

/** A server for something else than HTTP, which greets whoever connects. */
const noHttp = createServer((socket) => {
	socket.on('error', () => socket.destroy());
	socket.end('SSH-2.0-OpenSSH_9.9\r\n', () => socket.destroySoon());
});
beforeAll(async () => await new Promise<void>((resolve) => noHttp.listen(0, '127.0.0.1', resolve)));
afterAll(async () => await new Promise((resolve) => noHttp.close(resolve)));

/** Everything goes to an address, be it an action or a webhook, instead of the right one. */
const sentTo =
	(change: (url: string) => string): Trouble['wrong'] =>
	({ credential, parameters, right }, { action }) => {
		if (action === 'webhook') parameters.agent = locator(change(right.webhook ?? ''), 'webhook');
		else credential.baseUrl = change(right.baseUrl);
	};

const TROUBLES: Record<string, Trouble> = {
	'a host that is not there': { kinds: ['dns'], options: ONCE, wrong: sentTo((url) => url.replace('127.0.0.1', 'no-such-host.invalid')) },
	'a proxy that is down': {
		kinds: ['proxyDown'],
		options: ONCE,
		around: { begin: () => setProxy('http://127.0.0.1:9'), mend: restoreProxies, deed: /proxy settings/ },
	},
	'no files left': {
		kinds: ['tooManyFiles'],
		options: ONCE,
		around: { begin: () => allowConnections(0), mend: allowAllConnections, deed: /limit of open files/ },
	},
	'files left for two connections': {
		kinds: ['tooManyFiles'],
		items: 4,
		where: ({ name }) => name === 'chat completion',
		options: ONCE,
		around: { begin: () => allowConnections(2), mend: allowAllConnections },
		seen: { requests: 0, worked: 0 },
	},
	// that the certificate is trusted is nothing that a process can learn after its start (NODE_EXTRA_CA_CERTS)
	'a server without a certificate': { kinds: ['tls'], wrong: sentTo((url) => url.replace('http:', 'https:')) },
	'a server that speaks no HTTP': {
		kinds: ['network'],
		wrong: sentTo((url) => url.replace(/:\d+/, `:${portOf(noHttp)}`)),
		options: { maxTries: 1 },
		seen: { requests: 1, worked: 0 },
	},
	'a domain that the credential does not allow': {
		kinds: [],
		message: 'The domain 127.0.0.1 of the Base URL is not among the Allowed HTTP Request Domains of the Agent.ai credential',
		where: isCalled,
		wrong: ({ credential }) => void Object.assign(credential, { allowedHttpRequestDomains: 'domains', allowedDomains: 'example.com' }),
	},
	...(has('networkProtection') && {
		'the network protection of n8n': {
			kinds: ['requestBlocked'],
			around: { begin: () => protectNetwork(true), mend: () => protectNetwork(false), deed: /network protection/ },
		},
	}),
	'a closed port': { kinds: ['connectionRefused'], options: ONCE, wrong: sentTo((url) => url.replace(/:\d+/, ':9')) },
	'a broken connection': { kinds: ['connectionReset'], says: uncertain({ body: '', then: 'reset' }) },
	'a body that ends early': { kinds: ['invalidJson'], says: uncertain({ body: '{"status":200,"respo' }) },
	'525': { kinds: ['originCertificate'], says: until(/renew its certificate/, told(525, 'SSL handshake failed')) },
	'521': { kinds: ['originDown'], options: ONCE, says: until(WAITED, told(521, 'Web server is down')) },
	'http at a port for https': {
		kinds: ['plainHttp'],
		says: until(/Use https/, told(400, 'The plain HTTP request was sent to HTTPS port')),
	},
	'407': { kinds: ['proxyRefused'], says: until(/proxy settings/, { status: 407, headers: { 'proxy-authenticate': 'Basic' }, body: '' }) },
	'a login page in front': { kinds: ['refusedInFront'], says: until(/Allow requests/, page(403, { 'cf-mitigated': 'challenge' })) },
	'408': { kinds: ['timeout'], where: (way) => way.reads === true, says: uncertain(told(408, 'The request timed out.')) },
	'a slow agent': {
		kinds: ['timeout'],
		message: 'No response within 1 second',
		where: (way) => !way.reads && isCalled(way),
		options: { timeout: 1, maxTries: 1 },
		says: ({ options }) => (Number(options.timeout) > 1 ? undefined : { body: '', then: 'stayOpen' }),
	},
	'a wrong API token': {
		kinds: ['agentToken'],
		where: isCalled,
		wrong: ({ credential }) => void (credential.apiToken = 'wrong'),
		says: ({ credential, right }) => (credential.apiToken === right.apiToken ? undefined : told(401, 'Invalid or missing bearer token.')),
	},
	'no credits': { kinds: ['credits'], says: until(/Add credits/, told(402, 'Your account has insufficient credits.')) },
	'the limit of a day': {
		kinds: ['dailyLimit'],
		says: until(
			WAITED,
			told(429, 'Daily limit of 1000 requests reached.', {
				headers: { 'retry-after': '30000', 'x-agentai-ratelimit-policy': '1000 per day' },
			}),
		),
	},
	'a limit that resets': {
		kinds: ['rateLimited'],
		options: { maxRateLimitWait: 0 },
		says: until(WAITED, told(429, 'Too many requests.', { headers: { 'retry-after': '30' } })),
	},
	'a limit without a time': {
		kinds: ['rateLimited'],
		options: { maxRateLimitWait: 0 },
		says: until(WAITED, told(429, 'Too many requests.')),
	},
	'403': { kinds: ['forbidden'], where: isCalled, says: until(/may do/, told(403, 'This action is not part of your plan.')) },
	'404 of another server': {
		kinds: ['unknownAction'],
		where: (way) => !isOpenClaw(way) && isCalled(way),
		wrong: misdirected,
		says: unlessRight({ status: 404, body: '{"detail":"Not Found"}' }),
	},
	'a page of another server': { kinds: ['html'], where: isCalled, wrong: misdirected, says: unlessRight(page(200)) },
	'JSON of another server': {
		kinds: ['notAnActionResponse'],
		where: isCalled,
		wrong: misdirected,
		says: unlessRight(inBody({ hello: 'world' })),
	},
	'a redirect': {
		kinds: ['redirect'],
		where: isCalled,
		wrong: misdirected,
		says: (world, _number, _way, { path }) =>
			isBaseUrlRight(world)
				? undefined
				: { status: 302, headers: { location: new URL(path.replace('/elsewhere', ''), world.right.baseUrl).href }, body: '' },
	},
	'413': {
		kinds: ['tooLarge'],
		where: ({ reads }) => !reads,
		says: (world, _number, { model }, { body }) =>
			(model ? did(world, /^shortened$/) : body.length < 600) ? undefined : told(413, 'Request entity too large.'),
	},
	'400': { kinds: ['badRequest'], says: until(/value that the response names/, told(400, 'Input topic is not provided.')) },
	'500': { kinds: ['serverError'], says: uncertain(told(500, 'Internal server error.')) },
	'500, with all tries spent': {
		kinds: ['serverError'],
		where: ({ reads }) => !reads,
		options: { retryUncertainFailures: true, maxTries: 2 },
		says: (_world, number) => (number <= 2 ? told(500, 'Internal server error.') : undefined),
	},
	'500, with one try': {
		kinds: ['serverError'],
		where: ({ reads }) => !reads,
		options: { maxTries: 1 },
		says: (_world, number) => (number === 1 ? told(500, 'Internal server error.') : undefined),
	},
	'500, with one try for what is uncertain': {
		kinds: ['serverError'],
		where: ({ reads }) => !reads,
		options: { retryUncertainFailures: true, maxTries: 1 },
		says: (_world, number) => (number === 1 ? told(500, 'Internal server error.') : undefined),
	},
	'502': { kinds: ['upstream'], options: { maxRateLimitWait: 0 }, says: uncertain(told(502, 'Bad gateway.')) },
	'503': { kinds: ['unavailable'], options: { maxRateLimitWait: 0 }, says: uncertain(told(503, 'Service unavailable.')) },
	'504': { kinds: ['upstreamTimeout'], says: uncertain(told(504, 'Gateway timeout.')) },
	'an instance at capacity': {
		kinds: ['upstreamBusy'],
		items: 2,
		where: (way) => isNode(way),
		says: ({ options, done }) => (options.maxConcurrency === 1 || done.has('waited') ? undefined : told(529, 'Overloaded')),
	},
	'418': { kinds: ['unexpectedStatus'], says: until(/Follow what/, told(418, 'This is a teapot.')) },
	'an error without a status': {
		kinds: ['bodyError'],
		says: until(/Follow what/, inBody({ error: 'The workflow step stopped.', response: null })),
	},
	'403 in a body': {
		kinds: ['serviceRefused'],
		where: (way) => !isOpenClaw(way) && isCalled(way),
		says: until(/keys and permissions/, inBody({ status: 403, error: 'No permission', response: null })),
	},
	'an empty body': { kinds: ['emptyBody'], says: uncertain({ body: '' }) },
	'a response nested too deep': {
		kinds: ['answerTooLarge'],
		message: 'The response is nested deeper than 500 levels',
		says: until(/flatter/, { body: `{"status":200,"response":${'{"a":'.repeat(3000)}1${'}'.repeat(3000)}}` }),
	},

	'a wrong gateway token': {
		kinds: ['gatewayToken'],
		where: isOpenClaw,
		wrong: wrongGatewayToken,
		details: isInstanceDetails,
		says: (world, _number, _way, asked) =>
			hasWrongToken(world, asked) ? told(401, { message: 'Unauthorized', type: 'unauthorized' }) : undefined,
	},
	'a gateway that has locked out': {
		kinds: ['gatewayLockout'],
		where: isOpenClaw,
		says: until(WAITED, told(429, tooMany('rate_limited'), { headers: { 'retry-after': '300' } })),
	},
	'a gateway that refuses': {
		kinds: ['gatewayForbidden'],
		where: isOpenClaw,
		says: until(/access rules/, told(403, 'OpenClaw gateway refused: origin not allowed')),
	},
	'a gateway without its endpoint': {
		kinds: ['chatEndpointDisabled', 'gatewayNotFound'],
		where: isOpenClaw,
		says: until(/chatCompletions\.enabled|tools\/invoke/, told(404, 'Not Found')),
	},
	'a gateway that restarts': {
		kinds: ['gatewayRestarting'],
		where: isOpenClaw,
		options: ONCE,
		says: until(WAITED, told(503, { message: 'Gateway is restarting', type: 'gateway_unavailable' })),
	},
	'a gateway that is off': {
		kinds: ['instanceUnreachable'],
		where: isOpenClaw,
		options: ONCE,
		says: until(/instance is running/, told(502, 'connect ECONNREFUSED 10.0.0.1:18789')),
	},
	'a token without the scope': {
		kinds: ['missingScope'],
		where: isOpenClaw,
		says: until(/scope/, told(403, 'missing scope: operator.write')),
	},
	'a proxy that is not trusted': {
		kinds: ['proxyNotTrusted'],
		where: isOpenClaw,
		says: until(/trustedProxies/, told(403, { message: 'proxy_attribution_required', type: 'proxy_attribution_required' })),
	},
	'a wrong key of the provider': {
		kinds: ['providerKey'],
		where: isOpenClaw,
		says: until(/Renew/, told(401, { message: 'Incorrect API key provided', type: 'authentication_error' })),
	},
	'a model that is not there': {
		kinds: ['providerModel'],
		where: isChat,
		says: until(/Correct the model/, told(404, { message: 'No such model', type: 'model_not_found' })),
	},
	'a slow provider': {
		kinds: ['providerTimeout'],
		where: isChat,
		says: until(/model provider/, told(408, 'The model provider timed out')),
	},
	'no quota at the provider': {
		kinds: ['providerQuota'],
		where: isChat,
		says: until(/Add funds/, told(429, { message: 'You exceeded your current quota', type: 'insufficient_quota' })),
	},
	'an answer without text': {
		kinds: ['emptyAnswer'],
		where: isChat,
		says: uncertain(inBody({ status: 200, response: { response_text: '' } })),
	},
	'a tool that fails': {
		kinds: ['toolFailed'],
		where: ({ asked }) => asked === 'tool',
		says: until(
			/arguments/,
			inBody({ status: 200, response: { ok: true, result: { isError: true, content: [{ type: 'text', text: 'no' }] } } }),
		),
	},
	'a tool that is not there': {
		kinds: ['toolNotAvailable'],
		where: ({ asked }) => asked === 'tool',
		says: until(/tool policy/, told(404, 'Tool not available: exec')),
	},
	'an account without an instance': {
		kinds: ['noInstance'],
		where: isOfAccount,
		details: () => ({ instance_ip: '', auth_token: '' }),
	},
	'an instance that is off': {
		kinds: ['instanceOffline'],
		where: isOfAccount,
		details: (world) => (did(world, /Start the instance/) ? undefined : { status: 'stopped' }),
	},

	'a stream that breaks off': {
		kinds: ['streamIncomplete'],
		where: isStream,
		says: uncertain(streamed(events(piece('one ')), { then: 'cut' })),
	},
	'a stream with an error': {
		kinds: ['streamError'],
		where: isStream,
		says: uncertain(streamed(`${events(piece('one '))}data: {"error":{"message":"The run stopped"}}\n\ndata: [DONE]\n\n`)),
	},
	'a stream with a hole': {
		kinds: ['answerDamaged'],
		where: isStream,
		says: uncertain(streamed(`${events(piece('one '))}data: {"choices":[{"delta":{"cont\n\n${events(piece(' three'))}data: [DONE]\n\n`)),
	},
	'an answer that cannot be streamed': {
		kinds: ['notStreamable'],
		where: isStream,
		says: (world, _number, _way, { body }) =>
			did(world, /Turn off streaming/) || !body.includes('"stream":true')
				? undefined
				: streamed(`data: {"error":{"message":"append-only response stream"}}\n\ndata: [DONE]\n\n`),
	},

	'an answer that is not JSON': {
		kinds: ['answerNotJson'],
		where: (way) => isNode(way) && isChat(way),
		options: { parseJson: true, onInvalidJson: 'fail' },
	},
	'an answer that does not fit': {
		kinds: ['answerMisfit'],
		message: 'The agent’s answer does not fit Output Fields: ',
		where: (way) => isNode(way) && isChat(way),
		options: { outputFields: { field: [{ name: 'count', type: 'number', required: true }] }, onInvalidJson: 'fail', repairAttempts: 0 },
	},
	'a webhook that is not there': {
		kinds: ['webhookRefused'],
		where: ({ action }) => action === 'webhook',
		wrong: ({ parameters, right }) => void (parameters.agent = locator(right.webhook?.replace('key-4711', 'another'), 'webhook')),
		says: (_world, _number, _way, { path }) => (path.includes('key-4711') ? undefined : { status: 404, body: '{"detail":"Not Found"}' }),
	},
};

/** Kinds that no server brings about: what ends a run, and what cannot be had on demand. Their sentences are checked for every panel. */
const ELSEWHERE: (keyof typeof FAILURES)[] = [
	// of the run: see claims, resume and outages
	...(['aborted', 'badInput', 'credential', 'failuresInARow', 'maxRequests', 'timeLimit', 'unexpected', 'unreadable'] as const),
	// of n8n, in versions that protect the network
	...(has('networkProtection') ? [] : (['requestBlocked'] as const)),
];

/** What the server has seen of each item. */
const ofItem = ({ requests, worked }: Seen, { items = 1, seen }: Trouble): Seen => seen ?? { requests: requests / items, worked };

/** What is said to have happened. */
function textsOf(kind: keyof typeof FAILURES): string[] {
	const { message, elsewhere } = failureRow(kind);
	return [message, ...(elsewhere?.message === undefined ? [] : [elsewhere.message])];
}

const startsWith = (message: string, text: string) =>
	[text, text.replaceAll('the Base URL', 'the webhook URL')].some((each) => message.startsWith(each));

let cells = 0;

/** A person with a server where something is wrong. */
async function start(way: Way, trouble: Trouble) {
	const number = ++cells;
	const seen: Seen = { requests: 0, worked: 0 };
	let inRun = 0;
	const server = await WireServer.start((body, _number, path) => {
		if (path.endsWith('/mcp/functions')) return { body: JSON.stringify(CATALOGUE.map(publicEntry)) };
		const action = path.includes('/webhook/') ? 'webhook' : (/\/action\/(\w+)$/.exec(path)?.[1] ?? '');
		const details = { instance_ip: right.instanceIp, auth_token: right.authToken, status: 'running', ...trouble.details?.(world) };
		const good =
			action === 'openclaw_get_details'
				? { status: 200, response: details }
				: GOOD[(action === 'webhook' ? 'invoke_agent' : action) as keyof typeof GOOD];
		if (action !== way.action) return { body: JSON.stringify(good) };
		seen.requests++;
		inRun++;
		const wrong = trouble.says?.(world, inRun, way, { body, path });
		if (!wrong) seen.worked++;
		return wrong ?? { body: JSON.stringify(good) };
	});
	const right: World['right'] = {
		apiToken: `right-api-token-${number}`,
		baseUrl: server.baseUrl,
		instanceIp: '10.0.0.1',
		authToken: `right-gateway-token-${number}`,
		webhook: `${server.baseUrl}/agent/a1/webhook/key-4711`,
	};
	const { resource, operation, ...parameters } = way.parameters(right);
	const world: World = {
		parameters: { resource, operation, ...parameters },
		options: { ...way.options, ...trouble.options },
		credential: {
			apiToken: right.apiToken,
			baseUrl: right.baseUrl,
			instanceIp: right.instanceIp,
			authToken: right.authToken,
			...way.credential,
		},
		settings: {},
		done: new Set(),
		right,
		said: '',
	};
	trouble.wrong?.(world, way);
	const run = async () => {
		inRun = 0;
		const ended = way.model ? await askTheModel(world, way.model.stream) : await runTheNode(world, trouble.items ?? 1);
		world.said = /The response was: “([^]*)/.exec(ended.description)?.[1] ?? '';
		return ended;
	};
	return { world, seen, run };
}

interface Ended {
	answered: boolean;
	message: string;
	description: string;
	/** How the last item failed. */
	last?: Pick<Ended, 'message' | 'description'>;
}

async function runTheNode({ parameters, options, credential, settings }: World, count: number): Promise<Ended> {
	const { items } = await runNode({
		credential: { ...credential },
		parameters: { ...parameters, options },
		onError: 'continueRegularOutput',
		settings,
		items: Array.from({ length: count }, () => ({})),
	});
	const errors = items.map(({ json }) => json.error as Pick<Ended, 'message' | 'description'> | undefined);
	const failed = errors.find((error) => error !== undefined);
	return { answered: items.length > 0 && failed === undefined, message: '', description: '', ...failed, last: errors.at(-1) };
}

async function askTheModel({ parameters, options, credential }: World, stream: boolean): Promise<Ended> {
	const { apiToken, baseUrl, instanceIp, authToken, ...more } = credential;
	const asked = await askModel({ apiToken, baseUrl, instanceIp, authToken, stream, options, parameters, credential: more }).catch(
		(error: unknown) => ({
			failed: [(error as Error).message, (error as { description?: string }).description].filter(Boolean).join('. '),
		}),
	);
	// its error is one text, in which what happened comes first
	const failed = (asked.failed ?? '').replaceAll('\u2060', '').replace(FOR_VISITORS, '').trim();
	const [message = '', ...advice] = failed.split(/(?<=[.]) (?=[\p{Lu}“])/u);
	return { answered: asked.failed === undefined, message, description: advice.join(' ').replace(/\.\.$/, '.') };
}

const NODE = new AgentAi().description;
const MODEL = new LmChatAgentAi().description;
const optionsOf = ({ options = [] }: INodeProperties) => options.flatMap((each) => ('type' in each ? [each] : []));
const namesOf = (properties: INodeProperties[]) =>
	properties.flatMap((each) => [each.displayName, ...optionsOf(each).map((option) => option.displayName)]);

/** The labels that the panel shows, with the parameters as they are. */
function shownLabels(way: Way, { parameters, options }: World): string[] {
	const description: INodeTypeDescription = way.model ? MODEL : NODE;
	const values =
		NodeHelpers.getNodeParameters(
			description.properties,
			{ ...parameters, options } as never,
			true,
			false,
			{ typeVersion: 1 },
			description,
		) ?? {};
	const shown = (property: INodeProperties) => NodeHelpers.displayParameter(values, property, { typeVersion: 1 }, description);
	return namesOf(description.properties.filter(shown));
}

const CREDENTIAL = namesOf(new AgentAiApi().properties);
/** Labels of the panels that are no everyday words too. */
const LABELS = [...new Set(namesOf([...NODE.properties, ...MODEL.properties]))].filter(
	(label) => label.includes(' ') || ['Timeout', 'Stream'].includes(label),
);

/** Whether a text names a label; the credential's *OpenClaw Auth Token* is not the node's *Auth Token*. */
const names = (text: string, label: string) => new RegExp(`(?<!OpenClaw )\\b${label.replace(/[()]/g, '\\$&')}\\b`).test(text);

test.each(Object.entries(TROUBLES))('%s: what is advised is there, and helps', async (_name, trouble) => {
	const ways = WAYS.filter((way) => trouble.where?.(way) ?? true);
	trouble.around?.begin();
	const firstRuns = ways.map(async (way, index) => {
		const started = await start(way, trouble);
		const failed = await started.run();
		const seen = { ...started.seen };
		// without doing what is advised it would only fail again
		const again = index === 0 ? await started.run() : failed;
		return { way, ...started, seen, failed, isCured: again.answered };
	});
	const followed = (await Promise.all(firstRuns)).map(({ way, world, seen, run, failed, isCured }) => {
		const there = [...shownLabels(way, world), ...CREDENTIAL];
		const absent = LABELS.filter((label) => names(failed.description, label) && !there.some((each) => each.includes(label)));
		if (way.action === 'webhook' && (failed.message + failed.description).includes('Base URL')) absent.push('Base URL');
		const wrong = follow(failed.description, world, ofItem(seen, trouble));
		return { way, run, failed, isCured, absent, wrong, isMended: did(world, trouble.around?.deed ?? /^$/) };
	});
	if (followed.every(({ isMended }) => isMended)) trouble.around?.mend();
	waitedMs += A_DAY_MS;
	const secondRuns = followed.map(async ({ way, run, failed, isCured, absent, wrong }) => {
		const { answered, message, description } = await run();
		const hasAdvice = sentencesIn(failed.description).length > 0;
		return {
			...{ way: way.name, failed: !failed.answered, isCured, hasAdvice, absent, wrong },
			isKnown:
				[...trouble.kinds.flatMap(textsOf), trouble.message ?? ' '].some((text) => startsWith(failed.message, text)) || failed.message,
			...(answered ? {} : { followed: failed.description, failedAgain: `${message} ${description}` }),
		};
	});
	const results = await Promise.all(secondRuns);
	trouble.around?.mend();
	expect(ways.length).toBeGreaterThan(0);
	expect(results).toEqual(
		ways.map(({ name }) => ({ way: name, failed: true, isCured: false, hasAdvice: true, absent: [], wrong: [], isKnown: true })),
	);
});

test.each([
	['Max Requests', { maxRequests: 1, maxConcurrency: 1 }, 'maxRequests'],
	['Stop After Failures in a Row', { stopAfterFailures: 1, maxConcurrency: 1 }, 'stopAfterFailures'],
])('items that were not sent, because of %s: to raise it sends more', async (label, options, name) => {
	const trouble: Trouble = { kinds: [], items: 3, options, says: () => (name === 'maxRequests' ? undefined : told(400, 'No.')) };
	for (const way of WAYS.filter(
		(each) => isNode(each) && !each.reads && (name !== 'maxRequests' || each.action !== 'openclaw_tools_invoke'),
	)) {
		const { world, seen, run } = await start(way, trouble);
		const { last } = await run();
		expect([way.name, last?.description]).toEqual([way.name, expect.stringContaining(label) as string]);
		expect(shownLabels(way, world)).toContain(label);
		// these runs go on after a failure: n8n has no Retry for a success
		expect(last?.description).not.toContain('Retry the execution');
		const { requests } = seen;
		expect(follow(last?.description ?? '', world, { requests: 0, worked: 0 })).toEqual([]);
		if (name === 'stopAfterFailures') world.options.stopAfterFailures = 2;
		await run();
		expect([way.name, seen.requests - requests]).toEqual([way.name, requests + 1]);
	}
});

test('there is a trouble for every kind of failure', () => {
	const known = Object.values(TROUBLES).flatMap(({ kinds }) => kinds);
	expect([...new Set([...known, ...ELSEWHERE])].sort()).toEqual(Object.keys(FAILURES).sort());
	expect(known.filter((kind) => ELSEWHERE.includes(kind))).toEqual([]);
});
