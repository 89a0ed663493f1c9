import type { Asked, Delivery, FailureRow, Step } from './failureRow';

/** The options that advice may name, with their values; one that the panel does not have there is absent. */
export interface AdvisedOptions {
	/** In seconds. */
	timeout?: number;
	maxConcurrency?: number;
	requestsPerMinute?: number;
	maxTries?: number;
	/** *Max Wait*, in seconds. */
	maxWait?: number;
	retryUncertain?: boolean;
	stream?: boolean;
}

/** What is true where a failure is read: advice is made from it, so that it names only what is there and changes something. */
export interface Situation {
	options: AdvisedOptions;
	/** What was asked for; only what goes through OpenClaw can be blamed on it. */
	asked: Asked;
	/** Where address and token of the OpenClaw instance come from. */
	instance: 'credential' | 'account' | 'node';
	/** It goes to a webhook, and not to the Base URL. */
	webhook: boolean;
	/** It only reads: asked twice it does nothing twice, and the node has done so already. */
	reads: boolean;
	/** Requests that were sent for the item. */
	tries: number;
	/** How many of them failed after they may have been carried out. */
	uncertain: number;
	/** Part of the answer was shown to somebody, so that it cannot be sent again. */
	shown: boolean;
	/** There are several items. */
	isBatch: boolean;
	/** n8n's *Retry On Fail* is on. */
	retryOnFail: boolean;
	/** *On Error* is one of the two *Continue* modes: the execution succeeds, and n8n offers no Retry for it. */
	continues: boolean;
}

/** Where nothing is known of the panel, as in a list: no option is named. */
export const ANYWHERE: Situation = {
	options: {},
	asked: 'chat',
	instance: 'credential',
	webhook: false,
	reads: false,
	tries: 1,
	uncertain: 0,
	shown: false,
	isBatch: false,
	retryOnFail: false,
	continues: false,
};

/** Largest values that the panel takes. */
const MOST = { timeout: 2_000_000, maxTries: 20, maxWait: 86_400 } as const;

/** Advice that depends on the situation; nothing is said where it would change nothing. */
const STEPS = {
	raiseTimeout: ({ options: { timeout } }: Situation) => {
		if (timeout === undefined) return 'Run this again later';
		return timeout < MOST.timeout ? 'If it needs more time, raise Timeout in Options' : 'Ask for less at a time';
	},
	lowerConcurrency: ({ options: { maxConcurrency = 1 }, isBatch }: Situation) =>
		isBatch && maxConcurrency > 1 && 'Lower Max Concurrency in Options to send fewer items at once',
	lowerRate: ({ options: { requestsPerMinute } }: Situation) => {
		if (requestsPerMinute === undefined || requestsPerMinute === 1) return undefined;
		return requestsPerMinute === 0
			? 'Set Requests per Minute in Options to the limit of your account'
			: 'Lower Requests per Minute in Options to the limit of your account';
	},
	sendRest: ({ continues }: Situation) =>
		continues
			? 'Send the items that were not sent to this node again, or raise Max Requests in Options'
			: 'Retry the execution to continue with the items that were not sent, or raise Max Requests in Options',
	turnOffStream: ({ options: { stream } }: Situation) =>
		stream === undefined ? 'Turn off streaming in the chain or agent' : 'Turn off Stream in Options',
	shorten: ({ asked }: Situation) => {
		const what = { chat: 'the message or the earlier messages', tool: 'the arguments of the tool', other: 'the inputs' };
		return `Shorten ${what[asked]}`;
	},
	/** After a crash OpenClaw does each turn again that was cut (measured, openclaw 2026.9.6: 3 of 3 after kill -9, within 40 s). */
	lookIntoSession: ({ asked }: Situation) =>
		asked === 'chat' &&
		'If the OpenClaw gateway itself went down, it repeats the message when it is back: check the session before you send it again',
} satisfies Record<Step, (situation: Situation) => string | false | undefined>;

/** The advice of a kind of failure where it is read, in parts that each become a sentence. */
export function adviceParts({ advice, elsewhere, steps = [], delivery }: FailureRow, situation: Situation): (string | false | undefined)[] {
	const fixed = situation.asked === 'other' ? (elsewhere?.advice ?? advice) : advice;
	return [fixed && placed(fixed, situation), ...steps.map((step) => STEPS[step](situation)), repeated(delivery, situation)];
}

/** What is said of the Base URL, where the request went to the URL of a webhook. */
export const ofAddress = (text: string, { webhook }: Situation): string =>
	webhook ? text.replace(/\bthe Base URL(?: (?:in|of) the Agent\.ai credential)?/g, 'the webhook URL') : text;

/** Names the fields that hold the address and the token of the instance. */
function placed(advice: string, { instance }: Situation): string {
	const fields = {
		credential: ['the OpenClaw Instance IP in the credential', 'the OpenClaw Auth Token in the credential'],
		account: ['the instance’s address at agent.ai', 'the instance’s token at agent.ai'],
		node: ['Instance IP in this node', 'Auth Token in this node'],
	}[instance];
	return advice.replace('{address}', fields[0] as string).replace('{token}', fields[1] as string);
}

/** What was done, and can be done, about sending it again. */
export function repeated(delivery: Delivery, { options, reads, tries, uncertain, shown, retryOnFail }: Situation): string | undefined {
	const { retryUncertain, maxTries = 1 } = options;
	if (delivery === 'notDelivered') return tries > 1 ? `It was tried ${tries} times` : undefined;
	if (delivery !== 'uncertain') return undefined;
	if (reads) return tries > 1 ? `It was tried ${tries} times. Run this again later` : 'Run this again later';
	if (shown) return 'It was not sent again, because part of the answer had been shown. The agent may already have done the work';
	if (uncertain > 1) {
		const more = retryUncertain && uncertain >= maxTries && maxTries < MOST.maxTries ? ', or raise Max Tries in Options' : '';
		return `It was sent ${uncertain} times, and the agent may have done the work each time: check that before you send it again${more}`;
	}
	if (retryOnFail) return 'The agent may already have done the work, and n8n may send it again: Retry On Fail is on in the node’s settings';
	if (retryUncertain === false) {
		return maxTries > 1
			? 'It was not sent again, because the agent may already have done the work: turn on Retry Uncertain Failures in Options if doing it twice is harmless'
			: 'It was not sent again, because the agent may already have done the work. If doing it twice is harmless, turn on Retry Uncertain Failures and raise Max Tries in Options';
	}
	if (retryUncertain && maxTries === 1) {
		return 'It was not sent again, because Max Tries in Options is 1. The agent may already have done the work';
	}
	return 'The agent may already have done the work: check that before you send it again';
}

/** What to do about a limit that resets later than *Max Wait* allows. */
export function waitLonger(seconds: number | undefined, { options: { maxWait } }: Situation): string | undefined {
	if (maxWait === undefined || maxWait >= MOST.maxWait || (seconds !== undefined && seconds > MOST.maxWait)) return undefined;
	return seconds === undefined
		? 'To wait longer, raise Max Wait in Options'
		: `To wait for it, set Max Wait in Options to ${seconds} or more`;
}
