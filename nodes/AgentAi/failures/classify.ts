import type { Asked } from './failureRow';
import type { FailureKind } from './failureTable';
import type { RemoteError } from './remoteError';

/** Where an error was told. */
export interface ErrorPlace {
	/** The HTTP status, or the one in the body or in an event; `undefined` where there is none. */
	status: number | undefined;
	/**
	 * `http`: agent.ai answered with this status; `body`: it took the request, and the error stands in its 2xx; `stream`: the
	 * same, after the answer had begun.
	 */
	place: 'http' | 'body' | 'stream';
	/** What was asked for: only what goes through the OpenClaw gateway can be refused by it. */
	asked: Asked;
}

/**
 * The one place where an error becomes a kind, wherever it was told: the type of the gateway and of model providers
 * first, then wordings, then the status, then the place.
 */
export function classify(remote: RemoteError, { status: told, place, asked }: ErrorPlace): FailureKind {
	const status = told ?? remote.status ?? STATUS_OF_TYPE[remote.type ?? ''];
	const byWords = kindByWords(remote, status, asked);
	if (byWords) return byWords;
	if (asked !== 'other') {
		const gateway = gatewayKind(status, remote, place, asked);
		if (gateway) return gateway;
	} else if (place !== 'http' && (status === 401 || status === 403)) return 'serviceRefused';
	if (status === undefined) return place === 'stream' ? 'streamError' : 'bodyError';
	return kindByStatus(status, place);
}

/** What types and wordings say, whatever the status is. */
function kindByWords({ text, type }: RemoteError, status: number | undefined, asked: Asked): FailureKind | undefined {
	// a turn that was admitted before the gateway's token was changed (measured)
	if (/requester authority changed/i.test(text)) return 'gatewayToken';
	if (/append-only response stream/i.test(text)) return 'notStreamable';
	switch (type) {
		case 'proxy_attribution_required':
			return 'proxyNotTrusted';
		case 'insufficient_quota':
		case 'billing_error':
			return 'providerQuota';
		case 'authentication_error':
		case 'invalid_api_key':
			return 'providerKey';
		case 'rate_limited':
			// agent.ai's own limit may have the same name
			if (asked !== 'other' && !OF_REQUESTS.test(text)) return 'gatewayLockout';
			break;
		case 'tool_error':
			return 'toolFailed';
		case 'service_unavailable':
		case 'gateway_unavailable':
			// agent.ai's own would carry another status, or none of the gateway's words
			if (asked !== 'other' && (status === undefined || status === 503)) return 'gatewayRestarting';
			break;
		case 'unauthorized':
			if (asked !== 'other') return 'gatewayToken';
	}
	if (/incorrect api key provided|invalid x-api-key|api key not valid/i.test(text)) return 'providerKey';
	if (/proxy_attribution_required/.test(text)) return 'proxyNotTrusted';
	if (asked !== 'other' && /tool not available/i.test(text)) return 'toolNotAvailable';
	if (asked !== 'other' && /too many (failed|unauthori[sz]ed)\b.{0,40}\battempts/i.test(text)) return 'gatewayLockout';
	if (/exceeded your current quota|insufficient_quota/i.test(text)) return 'providerQuota';
	if (isCredits(text) && (status === undefined || status < 500)) return 'credits';
	if (status === 402) return 'credits';
	if (/\bmissing scope\b/i.test(text)) return 'missingScope';
	if (asked !== 'other' && /\bgateway_unavailable\b|gateway is temporarily unavailable while/i.test(text)) return 'gatewayRestarting';
	if (asked !== 'other' && NOT_CONNECTED.test(text)) return 'instanceUnreachable';
	if (/http request (was )?(sent )?to (an )?https (port|server)/i.test(text)) return 'plainHttp';
	return undefined;
}

/** A limit of requests in a time, and not of wrong tokens. */
const OF_REQUESTS = /\brequests?\b|\brate limit|\bper (?:\d+ )?(?:second|minute|hour|day)\b/i;

/** What Node.js, Python and proxies say where there is no connection: nothing was sent to the instance. */
const NOT_CONNECTED =
	/\bECONNREFUSED\b|\bconnection refused\b|\bconnect ETIMEDOUT\b|\bEHOSTUNREACH\b|\bENETUNREACH\b|\bno route to host\b/i;

/** Refusals of the OpenClaw gateway, told from agent.ai's own by their words or their place. */
function gatewayKind(
	status: number | undefined,
	{ text, type, source }: RemoteError,
	place: ErrorPlace['place'],
	asked: Asked,
): FailureKind | undefined {
	const named = /openclaw|gateway|instance/i.test(text);
	const behind = place !== 'http' || named;
	if (status === undefined) return /^unauthori[sz]ed\.?$/i.test(text) ? 'gatewayToken' : undefined;
	if (status === 401 && behind) return 'gatewayToken';
	if (status === 403 && behind) return 'gatewayForbidden';
	if (status === 408 && (named || /provider/i.test(text))) return 'providerTimeout';
	// Cloudflare's words for what stands behind it, told by agent.ai itself, which has answered
	const isOrigin = ['originDown', 'originCertificate'].includes(KIND_OF_STATUS[status] ?? '');
	if (isOrigin && behind && source !== 'page') return 'instanceUnreachable';
	if (status === 503 && named && source !== 'page') return 'upstream';
	if (status === 429 && behind && PROVIDER_LIMITS.includes(type ?? '')) return 'upstreamBusy';
	if (status === 404 && NO_MODEL.includes(type ?? '')) return 'providerModel';
	// the gateway's own 404 is the bare text "Not Found"; web frameworks wrap theirs in JSON or HTML
	const bare = /^not found$/i.test(text) && (source === 'actionResponse' || source === 'text');
	if (status === 404 && (behind || bare || /chat\/completions|tools\/invoke/.test(text))) {
		return asked === 'chat' ? 'chatEndpointDisabled' : 'gatewayNotFound';
	}
	return undefined;
}

/** Types with which model providers, not agent.ai, refuse a request for a limit of their own. */
const PROVIDER_LIMITS = ['rate_limit_error', 'rate_limit_exceeded', 'overloaded_error'];
/** Types with which model providers say that a model does not exist (measured for the gateway; OpenAI, Anthropic). */
const NO_MODEL = ['invalid_request_error', 'model_not_found', 'not_found_error'];

/** What a status says alone; the rest are refusals below 500, and breakdowns from there on. 52x and 530 are Cloudflare's. */
const KIND_OF_STATUS: Record<number, FailureKind> = {
	400: 'badRequest',
	401: 'agentToken',
	403: 'forbidden',
	404: 'unknownAction',
	405: 'unknownAction',
	407: 'proxyRefused',
	408: 'timeout',
	410: 'unknownAction',
	413: 'tooLarge',
	422: 'badRequest',
	429: 'rateLimited',
	502: 'upstream',
	503: 'unavailable',
	504: 'upstreamTimeout',
	521: 'originDown',
	522: 'originDown',
	523: 'originDown',
	524: 'upstreamTimeout',
	525: 'originCertificate',
	526: 'originCertificate',
	529: 'upstreamBusy',
	530: 'originDown',
};
/** What of that is said inside a 2xx: agent.ai took the request, and what is behind it refused it, maybe after some work. */
const KIND_INSIDE: Partial<Record<FailureKind, FailureKind>> = { unknownAction: 'badRequest', rateLimited: 'upstreamBusy' };

function kindByStatus(status: number, place: ErrorPlace['place']): FailureKind {
	const kind = KIND_OF_STATUS[status] ?? (status >= 500 ? 'serverError' : 'unexpectedStatus');
	return place === 'http' ? kind : (KIND_INSIDE[kind] ?? kind);
}

/** What streams and bodies say instead of a status, as the status that the same error has alone (measured for the gateway). */
const STATUS_OF_TYPE: Record<string, number> = {
	invalid_request_error: 400,
	not_found: 404,
	rate_limit_error: 429,
	rate_limit_exceeded: 429,
	overloaded_error: 529,
};

const isCredits = (text: string) =>
	/\b(insufficient|not enough|no|out of|exhausted|(?:needs?|requires?) more|run out of)\b[^.]{0,30}\bcredits?\b|\bcredits?\b[^.]{0,30}\b(exhausted|insufficient|used up|required|depleted)\b/i.test(
		text,
	);
