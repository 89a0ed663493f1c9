/** A message as OpenClaw sends it to a model. */
export interface ModelMessage {
	role: string;
	content?: string | { type: string; text?: string }[] | null;
}

export interface Prompt {
	/** What the person said last. */
	message: string;
	/** What the person said before, oldest first. */
	earlier: string[];
	/** Whether a tool has run since. */
	toolRan: boolean;
}

/** What OpenClaw tells the model about itself, as a user's message. */
const INTERNAL = '<<<BEGIN_OPENCLAW_INTERNAL_CONTEXT';

/** What OpenClaw says when the model has answered nothing, or has failed half-way: the person's message still stands. */
const NUDGES = ['The previous attempt did not produce a user-visible answer.', 'Continue the current task from the existing transcript'];

/** Finds the person's own words in what OpenClaw sends to a model: it dates them, and folds earlier messages of a request into one. */
export function readPrompt(messages: ModelMessage[]): Prompt {
	const own = messages.map((message, index) => ({ text: textOf(message), index, role: message.role }));
	const users = own.filter(({ role, text }) => role === 'user' && !text.startsWith(INTERNAL));
	const last = users.at(-1);
	const said = users.flatMap(({ text }) => unfold(text)).filter((text) => !NUDGES.some((nudge) => text.startsWith(nudge)));
	return {
		message: said.at(-1) ?? '',
		earlier: said.slice(0, -1),
		toolRan: last !== undefined && messages.slice(last.index + 1).some(({ role }) => role === 'tool'),
	};
}

function textOf({ content }: ModelMessage): string {
	return Array.isArray(content) ? content.map(({ text = '' }) => text).join('') : (content ?? '');
}

/** What OpenClaw writes before the person's words: the time at which they came. */
const DATE = /^\[[A-Z][a-z]{2} \d{4}-\d\d-\d\d \d\d:\d\d [^\]]+\] /;

/** What OpenClaw writes behind the first words of a session. */
const RUNTIME = '\n\nRuntime: agent=';

/** The headings of a message into which OpenClaw has folded the earlier messages of a request. */
const EARLIER = '[Chat messages since your last reply - for context]\n';
const CURRENT = '\n\n[Current message - respond to this]\n';

/** The heading of a message in front of which OpenClaw has put one whose turn was aborted. */
const ABORTED = '[Queued user message from a previous active turn; preserved as context only. Continue with the active prompt below.]\n';

/** The person's own words in one message of OpenClaw's, oldest first. */
function unfold(text: string): string[] {
	const dated = text.replace(DATE, '');
	const runtime = dated.lastIndexOf(RUNTIME);
	const own = runtime < 0 ? dated : dated.slice(0, runtime);
	if (own.startsWith(ABORTED)) {
		const end = own.lastIndexOf('\n\n');
		return [own.slice(ABORTED.length, end).trim(), ...unfold(own.slice(end + 2))];
	}
	const current = own.lastIndexOf(CURRENT);
	if (!own.startsWith(EARLIER) || current < 0) return [own];
	return [...turnsOf(own.slice(EARLIER.length, current)), own.slice(current + CURRENT.length).replace(/^User: /, '')];
}

/** The user's turns in `User: …` and `Assistant: …` paragraphs. */
const turnsOf = (transcript: string): string[] =>
	transcript
		.split(/^(?=(?:User|Assistant|System|Tool)(?:[^\n:]*)?: )/m)
		.filter((turn) => turn.startsWith('User: '))
		.map((turn) => turn.slice('User: '.length).trimEnd());
