/** A line with which the node asks for one field: its name, and how its value may be written. */
const FIELD = /^- ("(?:[^"\\]|\\.)*"): (.*)$/gm;

/** A number that is always the same for the same text. */
const numberOf = (text: string): number => Buffer.from(text).reduce((sum, byte) => (sum * 31 + byte) % 100_003, 7);

/**
 * Fills the *Output Fields* that a message asks for with values that are the same for the same subject: what stands in its first
 * line. `undefined` for a message that asks for none.
 */
export function columnsReply(message: string, earlier: string[]): string | undefined {
	const [, keys] = message.split('It has these keys:');
	if (keys === undefined) return undefined;
	// a question about an answer speaks of what was asked before
	const subject = ((message.startsWith('Your last answer') ? earlier.at(-1) : undefined) ?? message).split('\n')[0]!;
	const values = [...keys.matchAll(FIELD)].map(([, name = '""', form = '']) => [
		JSON.parse(name) as string,
		valueOf(form, name + subject, subject),
	]);
	return JSON.stringify(Object.fromEntries(values));
}

function valueOf(form: string, seed: string, subject: string): unknown {
	const number = numberOf(seed);
	const choices = /one of ("(?:[^"\\]|\\.)*"(?:, "(?:[^"\\]|\\.)*")*)/.exec(form)?.[1];
	if (choices) {
		const values = JSON.parse(`[${choices}]`) as string[];
		return values[number % values.length];
	}
	if (form.startsWith('a number') || form.startsWith('a whole number')) return 1 + (number % 5_000);
	if (form.startsWith('true or false')) return number % 2 === 0;
	if (form.startsWith('a JSON list')) return ['first', 'second'];
	if (form.startsWith('a date')) return `${1950 + (number % 70)}-0${1 + (number % 9)}-1${number % 10}`;
	return form.startsWith('text') ? (/\S+$/.exec(subject.replace(/[.?!]$/, ''))?.[0] ?? 'a text') : null;
}
