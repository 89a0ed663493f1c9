/** What the sandbox sends instead of its agent's answer. */
export interface FaultAnswer {
	status: number;
	headers?: Record<string, string>;
	/** An object goes out as JSON, a string as it is. */
	body: object | string;
}

/** What a request brought along, for faults that quote it. */
export interface FaultRequest {
	apiToken: string;
	authToken: string;
	/** Whether the answer quotes both tokens, as a careless server might. */
	quoteSecrets: boolean;
}

/** Faults of the connection itself, and where in the work of a request they strike. */
export const CONNECTION_FAULTS = {
	resetBefore: 'the connection is cut before the agent runs',
	resetAfter: 'the agent runs, then the connection is cut',
	resetMidBody: 'the agent runs, and the connection is cut in the middle of the answer',
	stall: 'the agent runs, but the answer never comes',
} as const;

const error = (status: number, text: string) => ({ status, body: { status, error: text, response: null } });
const gateway = (status: number, message: string, type: string) => ({
	status,
	body: { status, error: { message, type }, response: null },
});
const inBody = (status: number, text: string) => ({ status: 200, body: { status, error: text, response: null } });
const html = '<!DOCTYPE html><html><head><title>Sign in</title></head><body><h1>Sign in</h1></body></html>';

/** Faults that answer without running the agent, by name. */
export const ANSWER_FAULTS = {
	'400': error(400, 'Input message is not provided.'),
	'401': error(401, 'Invalid or missing bearer token.'),
	'402': error(402, 'Payment required: your account has insufficient credits.'),
	'403': error(403, 'This action is not part of your plan.'),
	'404': { status: 404, body: { detail: 'Not Found' } },
	'408': error(408, 'The request timed out.'),
	'413': error(413, 'Request entity too large.'),
	'429': error(429, 'Too many requests.'),
	'429-retry-after': { ...error(429, 'Too many requests.'), headers: { 'retry-after': '1' } },
	'429-daily': {
		...error(429, 'Daily limit of 1000 requests reached.'),
		headers: { 'retry-after': '30000', 'x-agentai-ratelimit-policy': '1000 per day' },
	},
	'500': error(500, 'Internal server error.'),
	'502': error(502, 'Bad gateway.'),
	'503': error(503, 'Service unavailable.'),
	'gateway-401': gateway(401, 'Unauthorized', 'unauthorized'),
	'gateway-403': error(403, 'OpenClaw gateway refused: origin not allowed'),
	'gateway-404': error(404, 'OpenClaw instance returned 404: Not Found'),
	'gateway-provider-key': gateway(401, 'Incorrect API key provided', 'authentication_error'),
	'gateway-proxy': gateway(403, 'proxy_attribution_required', 'proxy_attribution_required'),
	'tool-not-available': error(404, 'Tool not available: exec'),
	'body-400': inBody(400, 'Input message is not provided.'),
	'body-401': inBody(401, 'Unauthorized'),
	'body-error': inBody(200, 'The workflow step failed.'),
	'credits-400': error(400, 'You are out of credits.'),
	html: { status: 200, headers: { 'content-type': 'text/html' }, body: html },
	'html-502': { status: 502, headers: { 'content-type': 'text/html' }, body: '<html><body><h1>502 Bad Gateway</h1></body></html>' },
	'empty-body': { status: 200, body: '' },
	'not-an-action-response': { status: 200, body: { hello: 'world' } },
	redirect: { status: 302, headers: { location: 'http://localhost:9/elsewhere' }, body: '' },
} satisfies Record<string, FaultAnswer>;

/** Faults in the answer of an agent that did run. */
export const RESPONSE_FAULTS = {
	'truncated-json': 'the answer’s JSON ends in the middle',
	'empty-answer': 'the answer’s text is empty',
	'gateway-no-answer': 'the answer is the gateway’s own placeholder',
	'stream-error': 'a streamed answer ends with an error event',
	'stream-cut': 'a streamed answer ends without its end',
	'stream-as-json': 'a stream was asked for, one JSON body comes',
} as const;

export type Fault = keyof typeof CONNECTION_FAULTS | keyof typeof ANSWER_FAULTS | keyof typeof RESPONSE_FAULTS;

/** All faults with what they do, for the help of the command line. */
export const FAULTS = Object.fromEntries<string>([
	...Object.entries(ANSWER_FAULTS).map(([name, { status }]): [string, string] => [name, `answers ${status} without running the agent`]),
	...Object.entries(CONNECTION_FAULTS),
	...Object.entries(RESPONSE_FAULTS),
]) as Record<Fault, string>;

/** The answer of a fault, quoting the request's tokens where it is told to. */
export function faultAnswer(name: keyof typeof ANSWER_FAULTS, request: FaultRequest): FaultAnswer {
	const answer: FaultAnswer = ANSWER_FAULTS[name];
	if (!request.quoteSecrets) return answer;
	const quote = ` (sent with Authorization: Bearer ${request.apiToken} and auth_token ${request.authToken})`;
	if (typeof answer.body === 'string') return { ...answer, body: answer.body.replace('</h1>', `${quote}</h1>`) };
	return { ...answer, body: appended(answer.body, quote) };
}

/** The same object with the quote behind its error text. */
function appended(body: object, quote: string): object {
	return Object.fromEntries(
		Object.entries(body).map(([key, value]: [string, unknown]) => {
			if (['error', 'detail', 'message', 'hello'].includes(key) && typeof value === 'string') return [key, value + quote];
			if (typeof value === 'object' && value !== null) return [key, appended(value, quote)];
			return [key, value];
		}),
	);
}
