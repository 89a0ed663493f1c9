/** What a body is: server-sent events, JSON, a web page, or plain text. */
export type BodyKind = 'events' | 'json' | 'page' | 'text';

/** The fields of server-sent events (WHATWG HTML, section 9.2.6). */
const EVENT_FIELDS = ['data', 'event', 'id', 'retry'];

/**
 * Tells what a body is by its first characters that are not blank, whatever its label says: proxies and servers label
 * streams as plain text or JSON, and single answers as streams.
 *
 * @param head the beginning of the body
 * @param whole whether nothing follows it
 * @returns `undefined` when more is needed to tell
 */
export function bodyKind(head: string, whole = false): BodyKind | undefined {
	const start = head.trimStart();
	if (start === '') return whole ? 'text' : undefined;
	switch (start[0]) {
		case '{':
		case '[':
		case '"':
			return 'json';
		case '<':
			return 'page';
		case ':':
			return 'events';
	}
	for (const field of EVENT_FIELDS) {
		if (start.startsWith(field) && [':', '\n', '\r'].includes(start[field.length] ?? '')) return 'events';
		// the beginning of a field, of which more may come; where nothing follows, it was cut off there
		if (field.startsWith(start)) return whole ? 'events' : undefined;
	}
	return 'text';
}
