import type { IN8nHttpFullResponse } from 'n8n-workflow';

import { Deadline } from './deadline';
import { decodedUrl } from './decodedView';
import type { HttpHelper } from './wireRequest';
import { header } from './wireResponse';

/** Largest file, in bytes: it is in memory until n8n has taken it. */
const MAX_FILE_BYTES = 50 * 1024 * 1024;
/** Time for one file, in ms. */
const FILE_TIME_MS = 60_000;
const MOST_REDIRECTS = 5;

/** A file that was read, or why there is none: the end of a sentence. */
export type Fetched = { bytes: Uint8Array; type: string; name: string } | { refused: string };

/**
 * Reads a file of the web.
 *
 * @param http without any credential
 * @param refusal why an address must not be asked, `undefined` where it may be; asked before each request, redirects included
 */
export async function fetchFile(
	http: HttpHelper,
	address: string,
	refusal: (url: URL) => Promise<string | undefined>,
	stopped: AbortSignal | undefined,
	ms = FILE_TIME_MS,
): Promise<Fetched> {
	const deadline = new Deadline(ms, stopped);
	try {
		return await follow(http, address, refusal, deadline);
	} catch (error) {
		if (deadline.expired) return { refused: `it took longer than ${ms / 1000} seconds` };
		const { code } = error as { code?: unknown };
		return { refused: `the connection failed${typeof code === 'string' ? ` (${code})` : ''}` };
	} finally {
		deadline.end(true);
	}
}

async function follow(
	http: HttpHelper,
	address: string,
	refusal: (url: URL) => Promise<string | undefined>,
	deadline: Deadline,
): Promise<Fetched> {
	let url = address;
	for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
		if (!URL.canParse(url)) return { refused: 'its address is not a URL' };
		const refused = await deadline.wait(refusal(new URL(url)));
		if (refused !== undefined) return { refused };
		// each request has a signal of its own: the body of a redirect is left unread
		const leave = new AbortController();
		const answer = await deadline.wait(
			http({
				method: 'GET',
				url,
				encoding: 'stream',
				returnFullResponse: true,
				ignoreHttpStatusErrors: true,
				// each is looked at first
				disableFollowRedirect: true,
				timeout: deadline.ms,
				abortSignal: AbortSignal.any([deadline.signal, leave.signal]),
			}),
		);
		const location = header(answer, 'location');
		if (answer.statusCode >= 300 && answer.statusCode < 400 && location !== '') {
			leave.abort();
			url = URL.canParse(location, url) ? new URL(location, url).href : location;
			continue;
		}
		if (answer.statusCode !== 200) return { refused: `the server answered ${answer.statusCode}` };
		const bytes = await readBytes(answer, deadline);
		return bytes
			? { bytes, type: mimeType(answer), name: nameIn(url) }
			: { refused: `it is larger than ${MAX_FILE_BYTES / 1024 / 1024} MiB` };
	}
	return { refused: `it redirects more than ${MOST_REDIRECTS} times` };
}

/** The bytes of a body, `undefined` when there are too many: the rest is not read. */
async function readBytes(answer: IN8nHttpFullResponse, deadline: Deadline): Promise<Uint8Array | undefined> {
	if (Number(header(answer, 'content-length')) > MAX_FILE_BYTES) return undefined;
	const chunks: Uint8Array[] = [];
	let length = 0;
	const iterator = (answer.body as unknown as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
	for (;;) {
		const next = await deadline.wait(iterator.next());
		if (next.done) break;
		length += next.value.length;
		if (length > MAX_FILE_BYTES) return undefined;
		chunks.push(next.value);
	}
	return Buffer.concat(chunks);
}

/** What the server says that the file is, `''` where that says nothing: n8n then looks at its name and its first bytes. */
function mimeType(answer: IN8nHttpFullResponse): string {
	const type = (header(answer, 'content-type').split(';', 1)[0] as string).trim().toLowerCase();
	return type === 'application/octet-stream' || type === 'binary/octet-stream' ? '' : type;
}

/** The last part of an address, without what no file system likes in a name. */
function nameIn(url: string): string {
	const last = new URL(url).pathname.split('/').at(-1) ?? '';
	const name = (decodedUrl(last) ?? last).replace(/[\p{Cc}/\\:*?"<>|]/gu, '_').slice(-200);
	return name === '' || /^\.+$/.test(name) ? 'file' : name;
}
