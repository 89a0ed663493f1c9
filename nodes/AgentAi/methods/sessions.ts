import type { ILoadOptionsFunctions, INodeListSearchItems, INodeListSearchResult } from 'n8n-workflow';

import { isObject } from '../failures/json';
import { inPanel } from './panel';
import { type Listed, openInstance } from './throughTool';

const INSTEAD = 'To type the key, choose By ID beside the list';

/** Requests that one opening of the list may take, where whole pages hold nothing that can be chosen. */
const MAX_PAGES = 3;

/**
 * Sessions of the chosen instance, under the keys that the gateway uses, latest first. The gateway searches, because it
 * gives at most 100 at a time. Sessions of requests without a key are left out: nobody wants to go on with one, and they
 * outnumber the others.
 *
 * @param paginationToken how many rows have been listed already
 */
export async function searchSessions(this: ILoadOptionsFunctions, filter = '', paginationToken?: string): Promise<INodeListSearchResult> {
	return await inPanel(this, INSTEAD, async () => {
		const list = await openInstance(this);
		const search = filter.trim();
		let offset = Number(paginationToken ?? 0) || 0;
		for (let page = 1; ; page++) {
			const { rows, beside } = await list('sessions_list', 'sessions', {
				...(search ? { search } : {}),
				...(offset ? { offset } : {}),
			});
			const results = rows.flatMap(entry);
			const next = nextOffset(beside, offset);
			if (next !== undefined && results.length === 0 && page < MAX_PAGES) {
				offset = next;
				continue;
			}
			if (next !== undefined) return { results, paginationToken: String(next) };
			return { results: beside.hasMore === true ? [...results, MORE] : results };
		}
	});
}

const HINT = 'There are more sessions: search for a part of the key';

/** The last entry where the gateway has more than it lists and cannot go on; choosing it leaves the key empty. */
const MORE: INodeListSearchItems = { name: HINT, value: '' };

/** Where the next page begins, `undefined` on the last; older gateways have no pages (openclaw 2026.6.11). */
function nextOffset({ hasMore, nextOffset: next }: Listed['beside'], offset: number): number | undefined {
	return hasMore === true && typeof next === 'number' && next > offset ? next : undefined;
}

function entry(session: unknown): INodeListSearchItems[] {
	const key = isObject(session) ? (session.key ?? session.sessionKey) : session;
	if (typeof key !== 'string' || key === '') return [];
	const label = isObject(session) ? (session.label ?? session.displayName) : undefined;
	const named = typeof label === 'string' && label !== '' && label !== key;
	// what the gateway calls a session of a request without a key
	if (!named && /^(?:agent:[^:]+:)?openai:/i.test(key)) return [];
	return [{ name: named ? `${label} (${key})` : key, value: key }];
}
