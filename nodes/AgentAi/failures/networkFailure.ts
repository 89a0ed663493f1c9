import { excerpt, type Redact } from './excerpt';
import { type Failure, failure } from './failure';
import { asList } from './json';

/** Errors that Node.js raises while it makes the connection: not a byte of the request has left. */
const NOT_CONNECTED = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN', 'EADDRNOTAVAIL']);
const DNS = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA', 'EAI_NONAME']);
const TIMED_OUT = new Set(['ECONNABORTED', 'ETIMEDOUT', 'ESOCKETTIMEDOUT']);
/** ERR_BAD_RESPONSE is what axios makes of an answer that is cut in the middle. */
const BROKEN = new Set(['ECONNRESET', 'EPIPE', 'ERR_BAD_RESPONSE', 'ERR_STREAM_PREMATURE_CLOSE']);
/** OpenSSL, as a code and in words: what came over a connection, or arrived there, was damaged or cut. It may have been in use by then. */
const DAMAGED_RECORD = /bad[ _]record[ _]mac|unexpected[ _]eof[ _]while[ _]reading/i;
const TLS = /^(CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH$|EPROTO$)/;
/** No file handle was left for a socket. */
const NO_HANDLE = new Set(['EMFILE', 'ENFILE']);
/** zlib: the answer is not packed as its header says. */
const PACKING = /^(Z_[A-Z]+_ERROR|ERR__ERROR_FORMAT|ERR_BROTLI)/;

/** A code of Node.js, axios or OpenSSL in a text. */
const CODE_IN_TEXT =
	/\b(E[A-Z]{3,20}|EAI_[A-Z]{3,12}|ERR_[A-Z_]{3,40}|CERT_[A-Z_]{3,40}|UNABLE_TO_[A-Z_]{3,40}|DEPTH_ZERO_[A-Z_]{3,40}|SELF_SIGNED_[A-Z_]{3,40})\b/;
/** What n8n says when it refuses a request itself: the credential's domains, and its SSRF protection. */
const REFUSED_BY_N8N = /domain not allowed|request was blocked because|restricted from accessing|SSRF/i;

/** How many errors are looked at in one that was thrown; real ones hold about five. */
const MAX_ERRORS = 50;

/** The few fields of a Node.js, axios or n8n error that are safe to read; the rest holds the request and its tokens. */
interface SafeError {
	code?: string;
	/** Whether all of it happened while the connection was made. */
	connecting: boolean;
	/** Whether the socket of the request had written nothing when it failed. */
	nothingWritten: boolean;
	/** What the errors say, joined; not cleaned of secrets. */
	text: string;
	/** The port to which, and the host for which, a connection was made in vain. */
	port?: number;
	host?: string;
	/** What came back is an alert of TLS (RFC 8446, section 5.1). */
	isTlsAlert: boolean;
}

/**
 * Turns what n8n's HTTP helper threw into a failure. Reads only codes, system calls and, where there is no code, messages:
 * a raw axios error carries the request body and the Authorization header.
 *
 * @param thrown the caught value, usually a NodeApiError around an AxiosError
 * @param url where the request went: a connection that failed elsewhere is a proxy's
 */
export function networkFailure(thrown: unknown, timeoutSeconds: number, redact: Redact, url?: string): Failure {
	const error = safeError(thrown);
	const { code, text } = error;
	const elsewhere = url !== undefined && isElsewhere(error, new URL(url));
	const said = excerpt(redact(text)) || undefined;
	if (REFUSED_BY_N8N.test(text)) return failure('requestBlocked', { said });
	if (/proxy/i.test(text) && /\bCONNECT\b/.test(text)) {
		return failure('proxyRefused', {
			message: 'The proxy between n8n and the Base URL dropped the connection',
			delivery: 'notDelivered',
			code,
		});
	}
	if (code === undefined) return failure('network', { said });
	if (code === 'ERR_CANCELED') return failure('aborted');
	if (NO_HANDLE.has(code)) return failure('tooManyFiles', { code });
	// in use, a connection can meet these too (Linux: the route of an established one died): the request may have run
	if (NOT_CONNECTED.has(code) && /\b(?:read|write) E[A-Z]{3,20}\b/.test(text)) return failure('connectionReset', { code });
	if (elsewhere && (DNS.has(code) || NOT_CONNECTED.has(code) || (code === 'ETIMEDOUT' && error.connecting))) {
		return failure('proxyDown', { code });
	}
	if (DNS.has(code)) return failure('dns', { code });
	if (BROKEN.has(code) || DAMAGED_RECORD.test(`${code} ${text}`)) {
		return error.nothingWritten
			? failure('connectionReset', {
					code,
					message: 'The connection broke before the request was sent',
					advice: 'Check the network between n8n and the Base URL. Nothing was sent',
					delivery: 'notDelivered',
				})
			: failure('connectionReset', { code });
	}
	if (error.isTlsAlert) return failure('plainHttp', { code });
	if (TLS.test(code)) return failure('tls', { code });
	if (code === 'ERR_INVALID_CHAR') {
		return failure('agentToken', {
			message: 'The API token in the Agent.ai credential contains a character that cannot be sent',
			advice: 'Open the Agent.ai credential and paste the token again. Nothing was sent',
		});
	}
	if (NOT_CONNECTED.has(code)) {
		return failure('connectionRefused', { code, ...(code === 'ECONNREFUSED' ? {} : { message: UNREACHABLE }) });
	}
	if (TIMED_OUT.has(code)) {
		const undelivered = (code === 'ETIMEDOUT' && error.connecting) || error.nothingWritten;
		if (undelivered) return failure('connectionRefused', { code, message: UNREACHABLE });
		return timeoutFailure(timeoutSeconds);
	}
	if (PACKING.test(code)) return failure('invalidJson', { code });
	return failure('network', { code });
}

/** Whether a connection failed at another address than that of the URL: a proxy was to be reached. */
function isElsewhere({ port, host }: SafeError, { protocol, port: ownPort, hostname }: URL): boolean {
	const own = Number(ownPort) || (protocol === 'https:' ? 443 : 80);
	return (port !== undefined && port !== own) || (host !== undefined && host.toLowerCase() !== hostname.toLowerCase());
}

const UNREACHABLE = 'The host of the Base URL cannot be reached';

/** The time of a request was up before its answer was there. */
export const timeoutFailure = (timeoutSeconds: number) =>
	failure('timeout', { message: `No response within ${timeoutSeconds} ${timeoutSeconds === 1 ? 'second' : 'seconds'}` });

/**
 * Reads the error and those that it holds. Where the code stands depends on the n8n: in `cause` up to n8n-workflow 1.98 and
 * from 2.34 on, in `httpCode` and `messages` in between (measured); an AggregateError, which IPv4 and IPv6 give together,
 * has its reasons in `errors`.
 */
function safeError(thrown: unknown): SafeError {
	const open: unknown[] = [thrown];
	const codes: string[] = [];
	const hinted: string[] = [];
	const texts: string[] = [];
	let calls = 0;
	let connects = 0;
	let nothingWritten = false;
	let isTlsAlert = false;
	const aims: { port?: number; host?: string } = {};
	for (let looked = 0; looked < MAX_ERRORS && open.length > 0; looked++) {
		const error = open.shift();
		if (typeof error === 'string') texts.push(error.slice(0, 1000));
		if (typeof error !== 'object' || error === null) continue;
		const { code, httpCode, syscall, message, messages, cause, errors, request, port, hostname, rawPacket } = error as Record<
			string,
			unknown
		>;
		// the innermost code is the most exact; n8n's own is a status of HTTP where there was an answer
		if (typeof code === 'string' && /^[A-Z]/.test(code)) codes.push(code);
		if (typeof httpCode === 'string' && /^[A-Z]/.test(httpCode)) hinted.push(httpCode);
		if (typeof syscall === 'string') {
			calls++;
			if (syscall === 'connect') connects++;
			if (typeof port === 'number') aims.port = port;
			if (typeof hostname === 'string') aims.host = hostname;
		}
		// the record type of an alert, and the major version
		isTlsAlert ||= Buffer.isBuffer(rawPacket) && rawPacket[0] === 0x15 && rawPacket[1] === 0x03;
		const socket = (request as { socket?: { bytesWritten?: unknown } | null } | null | undefined)?.socket;
		nothingWritten ||= socket?.bytesWritten === 0;
		open.push(message, ...listOf(messages), cause, ...listOf(errors));
	}
	const text = texts.join(' ');
	const code = codes.at(-1) ?? hinted.at(-1) ?? CODE_IN_TEXT.exec(text)?.[1];
	const connecting = calls > 0 ? connects === calls : /\bconnect E[A-Z]+\b/.test(text);
	nothingWritten ||= /before secure TLS connection was established/.test(text);
	return { code, connecting, nothingWritten, text, isTlsAlert, ...aimsIn(text), ...aims };
}

/** Where a connection was to be made, in the words of Node.js: all that n8n-workflow 1.99 to 2.33 leaves of it. */
function aimsIn(text: string): { port?: number; host?: string } {
	const port = Number(/\bconnect E[A-Z]{3,20} ([\w.:%-]{1,100})/.exec(text)?.[1]?.split(':').at(-1));
	const host = /\bgetaddrinfo E[A-Z_]{3,20} ([\w.-]{1,253})/.exec(text)?.[1];
	return { ...(port > 0 ? { port } : {}), ...(host === undefined ? {} : { host }) };
}

const listOf = (value: unknown): unknown[] => asList(value).slice(0, MAX_ERRORS);
