/** A tool that the scripted model wants its agent to run before it answers. */
export interface ToolCall {
	name: string;
	/** JSON of the tool's arguments. */
	args: string;
}

/** What a message tells the scripted model to do. */
export interface Script {
	/** The message without its directives. */
	text: string;
	/** The answer, word for word, instead of a reply of its own. */
	say?: string;
	/** How long the model thinks first, in ms. */
	delayMs: number;
	/** Pause between the pieces of a streamed answer, in ms. */
	pieceDelayMs: number;
	/** The HTTP status with which the model's provider fails. */
	fail?: number;
	/** How the answer ends: whole, with a cut connection, or before its first word. */
	end: 'whole' | 'cut' | 'empty';
	tool?: ToolCall;
}

/**
 * Directives that a message may hold, each in double square brackets: `[[delay 500]] hello`. The sandbox's own agent and
 * the model behind a real OpenClaw obey the same ones, so that one test can be run on both.
 */
export const DIRECTIVES = {
	say: 'answers with this text',
	delay: 'thinks for so many ms first',
	pieces: 'waits so many ms between the pieces of a streamed answer',
	fail: 'fails with this HTTP status',
	cut: 'cuts the connection in the middle of the answer',
	empty: 'answers nothing',
	tool: 'runs a tool first: its name and its arguments as JSON',
} as const;

const DIRECTIVE = new RegExp(`\\[\\[(${Object.keys(DIRECTIVES).join('|')})(?:[ ]([^\\n]*?))?\\]\\]`, 'g');

/** Reads the directives of a message; what is no directive is text. */
export function readScript(message: string): Script {
	const script: Script = { text: '', delayMs: 0, pieceDelayMs: 0, end: 'whole' };
	script.text = message
		.replace(DIRECTIVE, (_whole, name: keyof typeof DIRECTIVES, value = '') => {
			const given = String(value);
			if (name === 'say') script.say = given;
			else if (name === 'delay') script.delayMs = Number(given);
			else if (name === 'pieces') script.pieceDelayMs = Number(given);
			else if (name === 'fail') script.fail = Number(given);
			else if (name === 'tool') {
				const [tool = '', ...args] = given.split(' ');
				script.tool = { name: tool, args: args.join(' ') || '{}' };
			} else script.end = name;
			return '';
		})
		.trim();
	return script;
}
