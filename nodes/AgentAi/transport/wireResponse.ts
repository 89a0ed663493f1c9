import type { IN8nHttpFullResponse } from 'n8n-workflow';

import { bodyKind } from '../failures/bodyKind';
import { isObject, readJson } from '../failures/json';
import type { Redact } from '../failures/redaction';
import { SseParser } from './sse';

/** A header of an answer, `''` where it is absent. */
export function header({ headers }: IN8nHttpFullResponse, name: string): string {
	const value = headers[name];
	return typeof value === 'string' ? value : '';
}

/** The host of a redirect's target; the rest of the address may hold secrets, and so may the host. */
export function redirectTarget(answer: IN8nHttpFullResponse, redact: Redact): string | undefined {
	const location = header(answer, 'location');
	if (location === '') return undefined;
	if (!URL.canParse(location)) return 'another path of the same host';
	const { host } = new URL(location);
	return redact(location) === location ? host : 'another address';
}

/** Headers with which proxies sign answers of their own. */
const PROXY_HEADERS = ['proxy-authenticate', 'x-squid-error', 'proxy-agent', 'proxy-status'];

/** Whether a proxy refused the request itself: its answer to CONNECT shows as the answer of the server (measured). */
export const isByProxy = (answer: IN8nHttpFullResponse) =>
	answer.statusCode === 407 || PROXY_HEADERS.some((name) => header(answer, name) !== '');

/** The JSON of a body that is read whole: of events the first that is an object; `undefined` where there is none. */
export function jsonOf(text: string): unknown {
	switch (bodyKind(text, true)) {
		case 'json': {
			const read = readJson(text);
			return read.ok ? read.data : undefined;
		}
		case 'events': {
			const parser = new SseParser(Infinity);
			const events = [...parser.push(text), parser.end()];
			return events
				.map((event) => event && readJson(event.data))
				.flatMap((read) => (read?.ok ? [read.data] : []))
				.find(isObject);
		}
		default:
			return undefined;
	}
}
