import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { networkFailure } from '../../nodes/AgentAi/failures/networkFailure.ts';
import { createRedactor } from '../../nodes/AgentAi/transport/redact.ts';
import { SseParser } from '../../nodes/AgentAi/transport/sse.ts';
import { StreamedResponse } from '../../nodes/AgentAi/transport/streamedResponse.ts';
import { eachRow } from '../support/eachRow.mts';

/** A stream, and the text that it stands for; `null` for one that fails. See test/fixtures/streams/README.md. */
interface Stream {
	name: string;
	bytes: string;
	text: string | null;
}

const FIXTURES = join(__dirname, '../fixtures/streams');
const STREAMS = ['openclaw', 'documented'].flatMap((folder): Stream[] => {
	const texts = JSON.parse(readFileSync(join(FIXTURES, folder, 'texts.json'), 'utf8')) as Record<string, string | null>;
	const files = readdirSync(join(FIXTURES, folder)).filter((file) => file.endsWith('.sse'));
	return files.map((file) => ({
		name: `${folder}/${file}`,
		bytes: readFileSync(join(FIXTURES, folder, file), 'utf8'),
		text: texts[file]!,
	}));
});

/** What a server or a proxy may do to one event at one place. */
const DAMAGES: Record<string, (event: string, at: number) => string> = {
	'its end is lost': (event, at) => event.slice(0, at),
	'its end is lost, but for the blank line': (event, at) => `${event.slice(0, at)}\n\n`,
	'its beginning is lost': (event, at) => event.slice(at),
	'it is torn by a line feed': (event, at) => `${event.slice(0, at)}\n${event.slice(at)}`,
	'it is torn by a blank line': (event, at) => `${event.slice(0, at)}\n\n${event.slice(at)}`,
	'its beginning comes twice': (event, at) => event.slice(0, Math.min(at, event.length - 4)) + event,
};

/**
 * Whether an event is gone without a trace: nothing is left of it, or an empty line of data, or its type or id, which the standard lets
 * stand alone. That nobody can see; nor one that comes twice as a whole, as from an agent that repeats itself.
 */
const leavesNoTrace = (spoiled: string) => /^\s*(?:(?:event|id): ?\w*\s+)?(?:[\s:]*|(?:data)?:?|(?:e|i)\w*(?:: ?\w*)?)\s*$/.test(spoiled);

function read(stream: string, isReset = false): { text: string | null; shown: string } {
	const parser = new SseParser(1_000_000);
	const answer = new StreamedResponse(createRedactor([]), 'chat', 200);
	let shown = '';
	for (const event of [...parser.push(stream), ...(isReset ? [] : parser.end())]) shown += answer.take(event);
	const { result, rest } = answer.finish(isReset ? RESET : undefined);
	if (!result.ok) return { text: null, shown };
	const { response_text: text } = result.value.response as { response_text: string };
	return { text, shown: shown + rest };
}

const RESET = networkFailure(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }), 60, createRedactor([]));

const eventsOf = (bytes: string) => bytes.split(/(?<=\r?\n\r?\n)/);

/** Every place of a text that is short; of a longer one those at its ends, around what has a meaning in JSON, and some between. */
function placesIn(text: string): number[] {
	const structure = [...text.matchAll(/"content":|"text":|[}\]]|\\./g)].flatMap(({ 0: { length }, index }) => [index, index + length]);
	const ends = [1, 2, 3, 4, 5, 6, 7, 8].flatMap((step) => [step, text.length - step]);
	const between = Array.from({ length: 4 }, (_each, step) => Math.floor((text.length * (step + 1)) / 5));
	const places = text.length < 40 ? Array.from({ length: text.length }, (_each, place) => place) : [...ends, ...structure, ...between];
	return [...new Set(places)].filter((place) => place > 0 && place < text.length);
}

/** The events of each form that a stream has: those that differ in their words alone stand for each other, but for two. */
function differentEvents(events: string[]): number[] {
	const seen = new Map<string, number>();
	return events.flatMap((event, index) => {
		const form = event.replace(/:(?:"(?:[^"\\]|\\.)*"|-?[\d.]+)/g, ':');
		seen.set(form, (seen.get(form) ?? 0) + 1);
		return seen.get(form)! <= 2 ? [index] : [];
	});
}

const nameOf = ({ name }: Stream) => name;

test('there are fifty streams and more', () => expect(STREAMS.length).toBeGreaterThan(50));

test('each is read whole, and shown as it is read', () => {
	eachRow(STREAMS, nameOf, ({ bytes, text }) => {
		const found = read(bytes);
		expect(found.text).toBe(text);
		if (text !== null) expect(found.shown.trimEnd()).toBe(text.trimEnd());
	});
});

describe.each(Object.entries(DAMAGES))('%s', (_damage, spoil) => {
	test('of an event of any stream, and there is never a success with another text', () => {
		eachRow(STREAMS, nameOf, ({ bytes, text }) => {
			const events = eventsOf(bytes);
			for (const index of differentEvents(events)) {
				const event = events[index]!;
				for (const spoiled of new Set(placesIn(event).map((at) => spoil(event, at)))) {
					if (leavesNoTrace(spoiled)) continue;
					const found = read([...events.slice(0, index), spoiled, ...events.slice(index + 1)].join(''));
					if (found.text !== null && found.text !== text) throw new Error(`${JSON.stringify(spoiled)} gives ${JSON.stringify(found.text)}`);
				}
			}
		});
	});
});

/** Servers name a reason to finish with every piece, or with the last: where such a stream ends properly, it is complete. */
const ENDS_ANYWHERE = ['documented/reason-with-each-piece.sse'];
/** So it is where it ends properly right behind a tool's call. */
const endsProperly = (before: string, cut: string) =>
	/"finish_reason":"(?:tool_calls|function_call|tool_use)"[^\n]*\}\s*$/.test(leavesNoTrace(cut) ? before : cut);

test.each([
	['reset', true],
	['ended', false],
])('a connection that is %s in any event never makes a success with another text', (_how, isReset) => {
	eachRow(STREAMS, nameOf, ({ name, bytes, text }) => {
		if (!isReset && ENDS_ANYWHERE.includes(name)) return;
		const events = eventsOf(bytes);
		for (const index of differentEvents(events)) {
			const before = events.slice(0, index).join('');
			for (const at of [0, ...placesIn(events[index]!)]) {
				const cut = events[index]!.slice(0, at);
				if (!isReset && endsProperly(before, cut)) continue;
				const found = read(before + cut, isReset);
				if (found.text !== null && found.text !== text) throw new Error(`${at} of event ${index} gives ${JSON.stringify(found.text)}`);
			}
		}
	});
});
