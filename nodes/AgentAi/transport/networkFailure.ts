import { type Failure, failure } from './failures';
import { excerpt, type Redactor } from './redact';

/** Errors that Node.js raises while it makes the connection: not a byte of the request has left. */
const NOT_CONNECTED = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN', 'EADDRNOTAVAIL']);
const DNS = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA', 'EAI_NONAME']);
/** ERR_BAD_RESPONSE is what axios makes of an answer that is cut in the middle. */
const BROKEN = new Set(['ECONNRESET', 'EPIPE', 'ERR_BAD_RESPONSE', 'ERR_STREAM_PREMATURE_CLOSE']);
const TLS = /^(CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH$|EPROTO$)/;

/** The few fields of a Node.js or axios error that are safe to read; the rest holds the request and its tokens. */
interface SafeError {
	code?: string;
	syscall?: string;
	message?: string;
	/** Whether the socket of the request had written nothing when it failed. */
	nothingWritten: boolean;
}

/**
 * Turns what n8n's HTTP helper threw into a failure. Reads only the code, the system call and, for errors that n8n
 * itself raised before sending, the message: a raw axios error carries the request body and the Authorization header.
 *
 * @param thrown the caught value, usually a NodeApiError around an AxiosError
 * @param timeoutSeconds the limit the request ran under, for the message
 */
export function networkFailure(thrown: unknown, timeoutSeconds: number, redact: Redactor): Failure {
	const error = innermost(thrown);
	const { code } = error;
	if (code === undefined) {
		return failure('requestBlocked', { said: excerpt(redact(error.message ?? '')) || undefined });
	}
	if (DNS.has(code)) return failure('dns', { code });
	if (TLS.test(code)) return failure('tls', { code });
	if (NOT_CONNECTED.has(code)) {
		return failure('connectionRefused', {
			code,
			...(code === 'ECONNREFUSED' ? {} : { message: 'The host of the Base URL cannot be reached' }),
		});
	}
	if (code === 'ETIMEDOUT' && error.syscall === 'connect') {
		return failure('connectionRefused', { code, message: 'The host of the Base URL cannot be reached' });
	}
	if (code === 'ECONNABORTED' || code === 'ETIMEDOUT' || code === 'ESOCKETTIMEDOUT') {
		return failure('timeout', { message: `No answer came within ${timeoutSeconds} seconds` });
	}
	if (BROKEN.has(code)) {
		return error.nothingWritten
			? failure('connectionReset', {
					code,
					message: 'The connection broke before the request was sent',
					advice: 'Check the network between n8n and the Base URL. Nothing was sent',
					delivery: 'notDelivered',
				})
			: failure('connectionReset', { code });
	}
	return failure('network', { code });
}

/** Walks to the innermost error that has a code, within a bound that no real chain reaches. */
function innermost(thrown: unknown): SafeError {
	let current: unknown = thrown;
	let found: SafeError = { nothingWritten: false };
	for (let depth = 0; depth < 8 && typeof current === 'object' && current !== null; depth++) {
		const error = current as {
			code?: unknown;
			syscall?: unknown;
			message?: unknown;
			cause?: unknown;
			request?: { socket?: { bytesWritten?: unknown } | null };
		};
		found = {
			code: typeof error.code === 'string' ? error.code : found.code,
			syscall: typeof error.syscall === 'string' ? error.syscall : found.syscall,
			message: typeof error.message === 'string' ? error.message : found.message,
			nothingWritten: found.nothingWritten || error.request?.socket?.bytesWritten === 0,
		};
		current = error.cause;
	}
	return found;
}
