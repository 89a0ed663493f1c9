import type { INodeProperties } from 'n8n-workflow';

import { AgentAiApi } from '../../credentials/AgentAiApi.credentials.ts';
import { ANYWHERE, type Situation } from '../../nodes/AgentAi/failures/advice.ts';
import { type Failure, failure, inSituation, notSent, waitsTooLong } from '../../nodes/AgentAi/failures/failure.ts';
import { type FailureKind, failureRow, FAILURES } from '../../nodes/AgentAi/failures/failureTable.ts';
import { LmChatAgentAi } from '../../nodes/AgentAi/LmChatAgentAi.node.ts';
import { OPERATIONS } from '../../nodes/AgentAi/operations/index.ts';
import type { BatchingSettings } from '../../nodes/AgentAi/parameters/batching.ts';
import { advisedOptions, optionNames } from '../../nodes/AgentAi/run/situation.ts';
import { notUnderstood } from '../support/adviceFollower.mts';
import { eachRow } from '../support/eachRow.mts';

/** Largest values that the panel takes. */
const MOST = { timeout: 2_000_000, maxTries: 20, maxWait: 86_400 };

/** Every way of being read: each operation's panel, and that of the chat model. */
const PANELS: { name: string; properties: INodeProperties[]; asked: Situation['asked']; reads: boolean }[] = [
	...OPERATIONS.map(({ resource, option, properties, reads }) => ({
		name: `${resource} ${option.value}`,
		properties,
		asked: resource !== 'openclaw' || reads ? ('other' as const) : option.value === 'invokeTool' ? ('tool' as const) : ('chat' as const),
		reads: reads === true,
	})),
	{ name: 'chat model', properties: new LmChatAgentAi().description.properties, asked: 'chat', reads: false },
];

const inner = ({ options = [] }: INodeProperties): INodeProperties[] => options.flatMap((option) => ('type' in option ? [option] : []));
const labelsOf = (properties: INodeProperties[]) =>
	properties.flatMap((property) => [property.displayName, ...inner(property).map(({ displayName }) => displayName)]);
const CREDENTIAL = labelsOf(new AgentAiApi().properties);
/** Labels of which the text "the message" or "the agent" is no mention. */
const WORDS = [
	'Message',
	'Agent',
	'Tool',
	'Fields',
	'Output',
	'Limit',
	'Search',
	'Options',
	'Model',
	'Action',
	'Inputs',
	'Simplify',
	'Stream',
	'Operation',
	'Resource',
];
/** All names of options and fields that any advice may mean. */
const ALL_LABELS = [...new Set(PANELS.flatMap(({ properties }) => labelsOf(properties)))].filter((label) => !WORDS.includes(label));

const DEFAULTS = { maxConcurrency: 5, requestsPerMinute: 0, maxTries: 4, retryUncertain: false, maxLimitWaitMs: 900_000 };
/** Options as people set them: untouched, and each at the end of its range. */
const SETTINGS: { is: string; settings: typeof DEFAULTS; timeout: number; tries: number; more?: Partial<Situation> }[] = [
	{ is: 'untouched', settings: DEFAULTS, timeout: 120, tries: 1 },
	{ is: 'in a batch', settings: DEFAULTS, timeout: 120, tries: 1, more: { isBatch: true } },
	{
		is: 'at its end',
		settings: { maxConcurrency: 1, requestsPerMinute: 1, maxTries: 20, retryUncertain: true, maxLimitWaitMs: MOST.maxWait * 1000 },
		timeout: MOST.timeout,
		tries: 20,
		more: { isBatch: true },
	},
	{ is: 'with all tries spent', settings: { ...DEFAULTS, retryUncertain: true }, timeout: 120, tries: 4 },
	{ is: 'with one try', settings: { ...DEFAULTS, maxTries: 1 }, timeout: 120, tries: 1 },
	{ is: 'with Retry On Fail', settings: DEFAULTS, timeout: 120, tries: 1, more: { retryOnFail: true } },
	{ is: 'after tries that did not arrive', settings: DEFAULTS, timeout: 120, tries: 15, more: { uncertain: 1 } },
	{ is: 'by webhook', settings: DEFAULTS, timeout: 120, tries: 1, more: { webhook: true } },
	{ is: 'with Continue', settings: DEFAULTS, timeout: 120, tries: 1, more: { continues: true } },
	{ is: 'after a piece was shown', settings: { ...DEFAULTS, retryUncertain: true }, timeout: 120, tries: 1, more: { shown: true } },
	{ is: 'with an instance of its own', settings: DEFAULTS, timeout: 120, tries: 1, more: { instance: 'node' } },
	{ is: 'with the account’s instance', settings: DEFAULTS, timeout: 120, tries: 1, more: { instance: 'account' } },
];

const first = failure('gatewayToken');
/** Each kind, and each that is told in words of its own. */
const FAILED: { name: string; failed: Failure }[] = [
	...Object.keys(FAILURES).map((kind) => ({ name: kind, failed: failure(kind as FailureKind) })),
	{ name: 'refused too long', failed: waitsTooLong(failure('rateLimited'), 120_000) },
	{ name: 'refused without a time', failed: waitsTooLong(failure('rateLimited'), undefined) },
	{ name: 'held by the limit', failed: notSent({ why: 'limit', resetInMs: 120_000 }) },
	{ name: 'held by the day', failed: notSent({ why: 'dailyLimit', resetInMs: 120_000, askedInMs: 60_000 }) },
	{ name: 'not sent as another', failed: notSent({ why: 'shared', failure: first, learnedMsAgo: 30_000, askedInMs: 30_000 }) },
];

const CASES = PANELS.flatMap((panel) =>
	SETTINGS.flatMap((set) =>
		FAILED.map(({ name, failed }) => {
			const { settings, timeout, tries, more } = set;
			const options = advisedOptions(optionNames(panel.properties), settings as BatchingSettings, timeout, true);
			const situation: Situation = { ...ANYWHERE, options, asked: panel.asked, reads: panel.reads, tries, uncertain: tries, ...more };
			return { name: `${name}, ${panel.name}, ${set.is}`, panel, situation, ...inSituation(failed, situation) };
		}),
	),
);
const everywhere = (check: (row: (typeof CASES)[number]) => void) => eachRow(CASES, ({ name }) => name, check);

/** Kinds that only an operation with an instance, an agent's answer or the option itself can meet. */
const ELSEWHERE_ONLY = (kind: FailureKind) =>
	/^(gateway|provider|chatEndpoint|instance|noInstance|tool|proxyNotTrusted|missingScope|emptyAnswer|notStreamable|answerNotJson|answerMisfit|maxRequests|failuresInARow)/.test(
		kind,
	);

/** What a webhook has other kinds for. */
const OF_NO_WEBHOOK: FailureKind[] = ['connectionRefused', 'dns', 'html', 'notAnActionResponse', 'redirect', 'tls', 'unknownAction'];

test('advice names only options and fields that are there', () =>
	everywhere(({ kind, panel, description: told }) => {
		if (ELSEWHERE_ONLY(kind)) return;
		// a setting of the workflow
		const description = told.replaceAll('Timeout Workflow', '');
		const there = [...labelsOf(panel.properties), ...CREDENTIAL];
		const named = ALL_LABELS.filter((label) => new RegExp(`\\b${label.replace(/[()]/g, '\\$&')}\\b`).test(description));
		expect(named.filter((label) => !there.some((each) => each.includes(label)))).toEqual([]);
	}));

test('every sentence means something to a person who follows it', () =>
	everywhere(({ kind, description, situation: { webhook } }) => {
		if (!webhook || !OF_NO_WEBHOOK.includes(kind)) expect(notUnderstood(description)).toEqual([]);
	}));

test('advice never asks for what is so already, or cannot be', () =>
	everywhere(({ description, situation: { options, retryOnFail, uncertain, reads, continues } }) => {
		if (options.timeout === undefined || options.timeout >= MOST.timeout) expect(description).not.toMatch(/raise Timeout in/i);
		if (options.retryUncertain !== false) expect(description).not.toMatch(/turn on Retry Uncertain/);
		if (!options.requestsPerMinute) expect(description).not.toMatch(/lower Requests per Minute/i);
		if (options.requestsPerMinute === 1) expect(description).not.toMatch(/(set|lower) Requests per Minute/i);
		if ((options.maxConcurrency ?? 1) === 1) expect(description).not.toMatch(/lower Max Concurrency/i);
		if ((options.maxTries ?? MOST.maxTries) >= MOST.maxTries) expect(description).not.toMatch(/raise Max Tries/);
		if (options.maxWait === undefined || options.maxWait >= MOST.maxWait) expect(description).not.toMatch(/(raise|set) Max Wait/);
		if (retryOnFail || uncertain > 1) expect(description).not.toMatch(/was not sent again, because the agent may/);
		if (continues) expect(description).not.toMatch(/Retry the execution/);
		if (reads) expect(description).not.toMatch(/may already have done the work/);
	}));

test('another of agent.ai’s actions does not blame OpenClaw', () =>
	everywhere(({ kind, panel, message, description }) => {
		if (panel.asked !== 'other' || ELSEWHERE_ONLY(kind)) return;
		expect(message).not.toMatch(/OpenClaw/);
		expect(description).not.toMatch(/OpenClaw/);
	}));

test('what may have been done is said of every failure after which it may, and of no other', () =>
	everywhere(({ kind, delivery, description, situation: { reads } }) => {
		const says = /may already have done the work|may have done the work each time/.test(description);
		expect(says).toBe(delivery === 'uncertain' && !reads && !failureRow(kind).ofInput);
	}));

test('fields of the instance are those that hold it', () =>
	everywhere(({ kind, description, situation: { instance } }) => {
		if (kind !== 'gatewayToken') return;
		const field = {
			node: 'Correct Auth Token in this node',
			credential: 'Correct the OpenClaw Auth Token in the credential',
			account: 'token at agent.ai',
		}[instance];
		expect(description).toContain(field);
	}));

test('what was learned before says when, and when it is asked again', () => {
	const { description } = notSent({ why: 'shared', failure: first, learnedMsAgo: 30_000, askedInMs: 30_000 });
	expect(description).toMatch(
		/^This item was not sent, because another request failed the same way at \d{4}-\S+Z\. The node checks this again with one request from \d{4}-\S+Z on/,
	);
});
