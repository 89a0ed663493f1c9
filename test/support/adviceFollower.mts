import type { IDataObject, INode } from 'n8n-workflow';

/** The fields of a credential, or what they should be. */
export interface Fields {
	apiToken: string;
	baseUrl: string;
	instanceIp: string;
	authToken: string;
	[name: string]: string;
}

/** What a person can change: the panel, the credential, and what is outside of n8n. */
export interface World {
	parameters: IDataObject;
	options: IDataObject;
	credential: Fields;
	/** Settings of the node. */
	settings: Partial<INode>;
	/** What was done outside of the node, by the sentence that asked for it. */
	done: Set<string>;
	/** What the person knows to be right. */
	right: Fields & { webhook?: string };
	/** The response that the error quotes. */
	said: string;
}

/** What the server has seen of the run. */
export interface Seen {
	/** Requests of the operation itself. */
	requests: number;
	/** Those that may have made the agent work. */
	worked: number;
}

/** What a sentence means: something to do, or something that must be so. */
interface Meaning {
	/** Does what the sentence asks for. */
	do?: (world: World, found: RegExpExecArray) => void;
	/** What it says must have been so. */
	holds?: (seen: Seen, found: RegExpExecArray) => boolean;
}

/** Done outside of the node: the sentence itself is the name of the deed. */
const outside: Meaning = { do: ({ done }, [sentence]) => void done.add(sentence) };
const later: Meaning = { do: ({ done }) => void done.add('waited') };
/** It tells where to look, and asks for nothing. */
const fact: Meaning = {};
const correct = (...names: (keyof Fields)[]): Meaning => ({
	do: ({ credential, right }) => {
		for (const name of names) credential[name] = right[name]!;
	},
});
const both = (...meanings: Meaning[]): Meaning => ({ do: (world, found) => meanings.forEach((meaning) => meaning.do?.(world, found)) });
const option = (name: string, value: (world: World, found: RegExpExecArray) => unknown): Meaning => ({
	do: (world, found) => {
		world.options[name] = value(world, found) as IDataObject[string];
	},
});
const field = (name: string, of: keyof Fields): Meaning => ({
	do: (world) => {
		world.parameters[name] = world.right[of];
	},
});
/** Makes what is sent shorter. */
const shorter = (name: string): Meaning => ({
	do: (world) => {
		world.done.add('shortened');
		const value = world.parameters[name];
		if (typeof value === 'string') world.parameters[name] = value.replace(/([^"]{20})[^"]{100,}/, '$1');
	},
});

const RETRY = option('retryUncertainFailures', () => true);
const MORE_TRIES = option('maxTries', ({ options }) => Number(options.maxTries ?? 4) + 1);
const WEBHOOK: Meaning = {
	do: ({ parameters, right }) => void (parameters.agent = { __rl: true, mode: 'webhook', value: right.webhook }),
};
const ALLOW_DOMAIN: Meaning = {
	do: ({ credential, right }) => void (credential.allowedDomains = new URL(right.baseUrl).hostname),
};
const KEEP_TEXT = option('onInvalidJson', () => 'keepText');

/** What every sentence that advises means to a person who does what it says, and no more. */
const MEANINGS: [sentence: RegExp, meaning: Meaning][] = [
	// what was done with the request
	[/^Nothing was run$/, { holds: ({ worked }) => worked === 0 }],
	[/^(Nothing was sent|This item was not sent|This item cost nothing)$/, { holds: ({ requests }) => requests === 0 }],
	[
		/^(Nothing was sent to the instance|Nothing reached agent\.ai|The refused request was not run)$/,
		{ holds: ({ worked }) => worked === 0 },
	],
	[/^It was tried (\d+) times$/, { holds: ({ requests }, [, count]) => requests === Number(count) }],
	[/^The API token was not sent to it$/, fact],

	// sending it again
	[
		/^It was sent (\d+) times, and the agent may have done the work each time: check that before you send it again(, or raise Max Tries in Options)?$/,
		{
			do: (world, found) => (found[2] ? MORE_TRIES.do?.(world, found) : later.do?.(world, found)),
			holds: ({ requests }, [, count]) => requests === Number(count),
		},
	],
	[/^The agent may already have done the work: check that before you send it again$/, later],
	[/^The agent may already have done the work$/, fact],
	[/^The agent may already have done the work, and n8n may send it again: Retry On Fail is on in the node’s settings$/, later],
	[
		/^It was not sent again, because the agent may already have done the work: turn on Retry Uncertain Failures in Options if doing it twice is harmless$/,
		{ ...RETRY, holds: ({ requests }) => requests === 1 },
	],
	[/^It was not sent again, because the agent may already have done the work$/, { holds: ({ requests }) => requests === 1 }],
	[/^If doing it twice is harmless, turn on Retry Uncertain Failures and raise Max Tries in Options$/, both(RETRY, MORE_TRIES)],
	[/^It was not sent again, because Max Tries in Options is 1$/, { ...MORE_TRIES, holds: ({ requests }) => requests === 1 }],
	[/^It was not sent again, because part of the answer had been shown$/, { ...later, holds: ({ requests }) => requests === 1 }],
	[/^Run (this|this item|the remaining items) again( later| in a minute| after the limit resets)?$/, later],
	[/^Wait, then run this item again$/, later],
	[/^Then wait and run this again$/, later],
	[/^Run the remaining items again( after \S+)?$/, later],
	[/^The node checks this again with one request from \S+ on, and immediately in a run that you start by hand$/, later],
	[/^If the OpenClaw gateway itself went down, it repeats the message when it is back: check the session before you send it again$/, fact],

	// options
	[/^If it needs more time, raise Timeout in Options$/, option('timeout', () => 60)],
	[/^Ask for less at a time$/, shorter('message')],
	[/^Lower Max Concurrency in Options to send fewer items at once$/, option('maxConcurrency', () => 1)],
	[/^Set Requests per Minute in Options to the limit of your account$/, option('requestsPerMinute', () => 60)],
	[
		/^Lower Requests per Minute in Options to the limit of your account$/,
		option('requestsPerMinute', ({ options }) => Number(options.requestsPerMinute) - 1),
	],
	[/^Turn off Stream in Options$/, option('stream', () => false)],
	[/^Turn off streaming in the chain or agent$/, outside],
	[/^Shorten the message or the earlier messages$/, shorter('message')],
	[/^Shorten the arguments of the tool$/, shorter('args_json')],
	[/^Shorten the inputs$/, shorter('inputsJson')],
	[/^The limit does not reset within Max Wait in Options$/, fact],
	[/^The (limit resets|lockout ends) at \S+?(, in \d+ seconds(, later than Max Wait in Options allows)?)?$/, fact],
	[/^To wait longer, raise Max Wait in Options$/, option('maxRateLimitWait', () => 900)],
	[/^To wait for it, set Max Wait in Options to (\d+) or more$/, option('maxRateLimitWait', (_world, found) => Number(found[1]))],
	[/^Ask the agent to answer in JSON only, or set On Invalid JSON in Options to Keep Text$/, KEEP_TEXT],
	[
		/^Say more in the Description of the field, or turn off Required where the agent cannot know it; or set On Invalid JSON in Options to Keep Text$/,
		KEEP_TEXT,
	],
	[/^(Stop After Failures in a Row in Options ended the batch|The last (item|try) failed with: .*)$/, fact],

	// the credential
	[/^Open the Agent\.ai credential and paste the token again \(agent\.ai → Integrations → API\)$/, correct('apiToken')],
	[/^Open the credential of this node and correct it$/, correct('apiToken', 'baseUrl')],
	[/^Check the Base URL in the Agent\.ai credential and that the server is running$/, both(correct('baseUrl'), outside)],
	[/^Check the spelling of the Base URL in the Agent\.ai credential and this server’s DNS$/, both(correct('baseUrl'), outside)],
	[/^Check the spelling of the webhook URL and this server’s DNS$/, both(WEBHOOK, outside)],
	[
		/^Check that the Base URL in the Agent\.ai credential is https:\/\/api-lr\.agent\.ai\/v1(, and that there is no proxy or login page in front of it)?$/,
		correct('baseUrl'),
	],
	[/^Check that the Base URL is right and that its certificate is valid and trusted by this server$/, both(correct('baseUrl'), outside)],
	[/^Check that the webhook URL is right and that its certificate is valid and trusted by this server$/, both(WEBHOOK, outside)],
	[/^Check the Base URL in the Agent\.ai credential, and the network between n8n and that server$/, both(correct('baseUrl'), outside)],
	[/^Check the webhook URL, and the network between n8n and that server$/, both(WEBHOOK, outside)],
	[/^Use https:\/\/ in the (Base URL of the Agent\.ai credential|webhook URL)$/, outside],
	[
		/^Enter the address that the response names as the Base URL in the Agent\.ai credential$/,
		{ do: ({ credential, said }) => void (credential.baseUrl = /redirect to ([^\s”]+)/.exec(said)?.[1] ?? '') },
	],
	[/^The node does not follow redirects, to keep the token safe$/, fact],
	[/^Correct the OpenClaw Auth Token in the credential$/, correct('authToken')],
	[/^Correct Auth Token in this node$/, field('auth_token', 'authToken')],
	[/^Correct the instance’s token at agent\.ai$/, outside],
	[/^If (.*) is wrong, correct it$/, { do: (world, found) => void world.done.add(`corrected ${found[1]}`) }],
	[
		/^Connect an instance at agent\.ai, fill in OpenClaw Instance IP and OpenClaw Auth Token in the credential, or set OpenClaw Instance to Define Below$/,
		correct('instanceIp', 'authToken'),
	],
	[/^Add it there, or correct the Base URL$/, ALLOW_DOMAIN],
	[
		/^Allow the host of the (Base|webhook) URL in the network protection of this n8n \(N8N_SSRF_ALLOWED_HOSTNAMES or N8N_SSRF_ALLOWED_IP_RANGES\)$/,
		outside,
	],
	[/^Copy the webhook URL again from the agent at agent\.ai: its last part is the key$/, WEBHOOK],

	// what is outside of n8n
	[/^Check the network between n8n and the (Base|webhook) URL$/, outside],
	[/^Check the webhook URL and that the server is running$/, both(WEBHOOK, outside)],
	[/^Check the proxy settings of this n8n \(HTTPS_PROXY, HTTP_PROXY, NO_PROXY\)(, its user name and password,)? and that .*$/, outside],
	[/^A proxy in front of the server (reported this|could not reach it)$/, fact],
	[/^Ask whoever runs the server to renew its certificate$/, outside],
	[/^Raise the limit of open files for the n8n process \(ulimit -n\)$/, outside],
	[/^Add credits at agent\.ai, then run the remaining items$/, outside],
	[/^No further items are sent$/, fact],
	[/^Check at agent\.ai what the account and its API token may do$/, outside],
	[/^The refusal came from a CDN, a firewall or a login page between n8n and agent\.ai$/, fact],
	[/^Allow requests from this server there$/, outside],
	[/^Correct the (value that the response names, then run this item again|arguments as the response says)$/, outside],
	[/^Follow what the response says$/, outside],
	[/^Part of it could not be read$|^The error includes the text up to there$/, fact],
	[/^The node stopped reading it to save memory$|^n8n cannot save it$/, fact],
	[/^Ask for a flatter response$/, outside],
	[/^The agent’s model wrote something that cannot be streamed, such as a tool call as text$/, fact],
	[/^The agent\.ai (token|account) is fine: .*$|^Both tokens in n8n are fine$/, fact],
	[/^Check the keys and permissions that the action needs$/, outside],
	[/^Start the instance at agent\.ai, then run this again$/, outside],
	[/^Check that the instance is running, and that .* names its gateway and port$/, outside],
	[
		/^Check that .* names the gateway and its port, and that its OpenClaw version offers tools over HTTP \(POST \/tools\/invoke\)$/,
		outside,
	],
	[
		/^On the instance, set gateway\.http\.endpoints\.chatCompletions\.enabled to true in openclaw\.json, and restart a gateway older than 2026\.9$/,
		outside,
	],
	[/^If it is already set, check that .* names the gateway and its port$/, fact],
	[/^The request worked, but the answer has no text$/, fact],
	[/^Rephrase the message, or check the agent’s model on the OpenClaw instance$/, outside],
	[/^Check the access rules of the gateway$/, outside],
	[
		/^After too many requests with a wrong token, the gateway refuses every token until its lockout ends \(after 5 minutes by default\)$|^This is not the rate limit of agent\.ai$/,
		fact,
	],
	[/^Add the scope to the token on the instance, or use another token$/, outside],
	[/^Renew the model provider’s API key in the configuration of the OpenClaw instance$/, outside],
	[/^Correct the model of the agent in the configuration of the OpenClaw instance$/, outside],
	[/^The gateway has already tried several times, so the item was not sent again$/, { holds: ({ requests }) => requests === 1 }],
	[/^Check the model provider, then run this item again$/, outside],
	[/^This is not about your agent\.ai credits$|^The gateway may take 10 minutes to use the key again$/, fact],
	[/^Add funds or quota at the model provider of the OpenClaw instance$/, both(outside, later)],
	[/^On the instance, add the proxy’s address to gateway\.trustedProxies in openclaw\.json$/, outside],
	[/^Check the name of the tool and that the tool policy of the instance allows it$/, outside],
	[/^For tools that the gateway does not offer over HTTP by default, .* add it to gateway\.tools\.allow in openclaw\.json$/, outside],
	[/^Check that the instance is running and that its model provider responds$/, outside],
	[/^agent\.ai accepted the request, but the instance or its model provider is at capacity$/, fact],

	// what ends a run
	[/^It was stopped before this item was finished$/, fact],
	[/^Correct it in the node$|^Check the expressions in the parameters of this item$/, outside],
	[
		/^(Retry the execution to continue with|Send) the items that were not sent( to this node again)?, or raise Max Requests in Options$/,
		option('maxRequests', ({ options }) => Number(options.maxRequests) + 1),
	],
	[/^The node stopped before the timeout to keep the answers$/, fact],
	[/^This item was not sent: raise Timeout Workflow in the workflow settings, or send fewer items$/, outside],
	[/^This is a bug: please report it with the stack trace from the n8n log$/, outside],
	[/^This item was not sent, because another request failed the same way at \S+$/, fact],
];

/** The sentences of a description, without what the server said and the codes of Node.js. */
export const sentencesIn = (description: string): string[] =>
	description
		.replace(/ ?The response was: “[^]*$/, '')
		.replace(/ \([A-Z][A-Z_]{3,}\)(?=\.|$)/g, '')
		.split(/(?<=[.!?…]”?) (?=[\p{Lu}“]|agent\.ai )/u)
		.map((sentence) => sentence.replace(/\.$/, ''))
		.filter((sentence) => sentence !== '');

const meaningOf = (sentence: string) => {
	for (const [pattern, meaning] of MEANINGS) {
		const found = pattern.exec(sentence);
		if (found) return { found, meaning };
	}
	return undefined;
};

/** The sentences of a description that the follower does not understand: nobody has said what they ask for. */
export const notUnderstood = (description: string): string[] => sentencesIn(description).filter((sentence) => !meaningOf(sentence));

/**
 * Does what a description says, sentence by sentence, and nothing else.
 *
 * @returns the sentences that said what was not so, and those that nobody understands
 */
export function follow(description: string, world: World, seen: Seen): string[] {
	return sentencesIn(description).filter((sentence) => {
		const known = meaningOf(sentence);
		if (!known) return true;
		known.meaning.do?.(world, known.found);
		return known.meaning.holds?.(seen, known.found) === false;
	});
}
