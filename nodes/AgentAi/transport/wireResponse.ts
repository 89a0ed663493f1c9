import type { IN8nHttpFullResponse } from 'n8n-workflow';

import { bodyKind } from '../failures/bodyKind';
import { isObject, parsed } from '../failures/json';
import { SseParser } from './sse';

/** A header of a response, `''` where it is absent. */
export function header({ headers }: IN8nHttpFullResponse, name: string): string {
	const value = headers[name];
	return typeof value === 'string' ? value : '';
}

export const contentType = (response: IN8nHttpFullResponse) => header(response, 'content-type').toLowerCase();

/** Where a JSON object may begin in a text, also one that is written over several lines; so many are tried. */
const BEGINNING = /\{\s{0,99}"/g;
const MAX_TRIED = 3;

/**
 * The JSON of a body that is read whole: of events the first that is an object; of a text or a page what stands at its end,
 * as behind a warning of PHP, or behind the `)]}'` that keeps scripts from reading it. `undefined` where there is none.
 */
export function jsonOf(text: string): unknown {
	switch (bodyKind(text, true)) {
		case 'json':
			return parsed(text);
		case 'events': {
			const parser = new SseParser(Infinity);
			return [...parser.push(text), ...parser.end()].map(({ data }) => parsed(data)).find(isObject);
		}
		default: {
			if (/^(?:null|true|false)$/.test(text.trim().slice(0, 10))) return parsed(text.trim());
			if (!text.trimEnd().endsWith('}')) return undefined;
			let tried = 0;
			for (const { index } of text.matchAll(BEGINNING)) {
				if (tried++ === MAX_TRIED) break;
				const json = parsed(text.slice(index));
				if (isObject(json) && ('response' in json || 'error' in json || 'choices' in json)) return json;
			}
			return undefined;
		}
	}
}
