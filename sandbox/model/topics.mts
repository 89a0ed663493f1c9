import { columnsReply } from './columns.mts';

interface Topic {
	/** Words in a message that belong to it. */
	asks: RegExp;
	answer: (message: string, earlier: string[]) => string;
}

/** Who or what a message is about: what stands behind “for”, “about”, “explain” and the like, up to the next small word. */
function subjectOf(message: string): string | undefined {
	const [, subject] =
		/\b(?:for|to|about|of|explain|summarise|summarize) (?:the |a |an |my |session )*([^\n?!,“”"]{1,60}?)(?=[.:]?(?:\s+(?:in|with|who|that|and|from|as)\b|[\n?!,“”"]|\. |\.?$))/iu.exec(
			message,
		) ?? [];
	return subject;
}

/** A number that is always the same for the same text, for picking one of several wordings. */
const numberOf = (text: string): number => Buffer.from(text).reduce((sum, byte) => (sum * 31 + byte) % 100_003, 7);

const pick = (message: string, wordings: string[]): string => wordings[numberOf(message) % wordings.length]!;

/** Topics in the order in which they are looked for. */
const TOPICS: Topic[] = [
	{
		asks: /\bjson\b/i,
		answer: (message, earlier) => {
			const answer = {
				subject: subjectOf(message) ?? null,
				sentiment: pick(message, ['positive', 'neutral', 'curious']),
				words: message.split(/\s+/).length,
				turn: earlier.length + 1,
			};
			return ['Here is what I found, as JSON:', '```json', JSON.stringify(answer, null, 2), '```'].join('\n');
		},
	},
	{
		asks: /\b(?:remember|who am i|what did i|my name\?)/i,
		answer: (_message, earlier) =>
			earlier.length === 0
				? 'This is the first thing you have said in this session, so there is nothing to remember yet. Tell me something, and ask again under the same session key.'
				: `You have said ${earlier.length === 1 ? 'one thing' : `${earlier.length} things`} before in this session. The last was: “${earlier.at(-1)!.slice(0, 200)}”.`,
	},
	{
		asks: /\b(?:summar\w*|recap|tl;?dr)/i,
		answer: (message, earlier) => {
			const subject = subjectOf(message) ?? 'it';
			const basis = earlier.length > 0 ? `It rests on ${earlier.length} earlier message${earlier.length === 1 ? '' : 's'}. ` : '';
			return `In short: ${subject} is about a customer who asked when the order would arrive, was told that it ships on Monday, and wanted the invoice sent to a new address. ${basis}Open question: nobody has confirmed the new address yet.`;
		},
	},
	{
		asks: /\b(?:greet\w*|hello|hi|welcome|good morning)\b/i,
		answer: (message) => {
			const name = subjectOf(message) ?? 'there';
			return pick(message, [
				`Hello ${name}! It is good to have you here. Whatever you are working on today, I am happy to take a part of it off your hands.`,
				`Good morning ${name}, and welcome! I hope the coffee is hot and the inbox is short. Tell me where you would like to start.`,
				`Welcome, ${name}! We are glad that you are here, and there is nothing you have to know before you begin: just ask.`,
			]);
		},
	},
	{
		asks: /\b(?:list|ideas|steps|bullet|top \d+|examples)\b/i,
		answer: (message) => {
			const subject = subjectOf(message) ?? 'this';
			return [
				`Here are five places to start with ${subject}:`,
				'',
				'1. Write down what a good result looks like, in one sentence.',
				'2. Collect three examples from the last month, good and bad ones.',
				'3. Try it by hand once, and note where it hurts.',
				'4. Let a workflow do that step, and look at its first ten answers yourself.',
				'5. Put it on a schedule, and read the errors every Monday.',
			].join('\n');
		},
	},
	{
		asks: /\b(?:explain|what is|what are|why|how)\b/i,
		answer: (message) => {
			const subject = subjectOf(message) ?? 'that';
			const start = subject.charAt(0).toUpperCase() + subject.slice(1);
			return `${start} is easiest to understand from what it is for: it takes work that comes in small, similar pieces and makes sure that each of them is done once, in the right order, and that you hear about the ones that went wrong. Everything else follows from there.`;
		},
	},
];

/**
 * An answer that is worth looking at: by topic, the same for the same message, a few dozen words long so that streaming is
 * seen. For the demo; tests use the echo.
 *
 * @param message the latest message, without directives
 * @param earlier what the user said before, oldest first
 */
export function topicReply(message: string, earlier: string[]): string {
	const columns = columnsReply(message, earlier);
	if (columns !== undefined) return columns;
	const topic = TOPICS.find(({ asks }) => asks.test(message));
	if (topic) return topic.answer(message, earlier);
	const shown = message.length > 160 ? `${message.slice(0, 160)}…` : message;
	return `You asked: “${shown}”. I am the sandbox's agent, so I have no model to think with; I can greet, summarise, explain, list, and answer in JSON, and I remember what was said in a session${earlier.length > 0 ? ` (this is turn ${earlier.length + 1})` : ''}. A real OpenClaw agent answers here as soon as the credential points at agent.ai.`;
}
