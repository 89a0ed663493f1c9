import type { DisplayCondition, IDataObject, INodeProperties } from 'n8n-workflow';

import type { ActionRequest } from '../client/actionRequest';
import type { Environment } from '../client/environment';
import { CHAT_COMPLETION, instanceId } from '../client/openclaw';
import { excerpt } from '../failures/excerpt';
import { failure } from '../failures/failure';
import { InputError } from '../failures/inputError';
import { isObject } from '../failures/json';
import { remoteError, textOf } from '../failures/remoteError';
import type { ActionResponse, Result } from '../failures/result';
import { chooseAgent, DEFAULT_MODEL, fullSessionKey, sessionLane } from '../parameters/agentSession';
import { largeBatchOptions } from '../parameters/batching';
import { askingFor } from '../parameters/columnQuestion';
import { instanceProperties, readInstance } from '../parameters/instance';
import type { ItemParameters } from '../parameters/itemParameters';
import type { TypedJson } from '../parameters/json';
import { type Message, parseMessages } from '../parameters/messages';
import { optionsCollection, outputNameProperty, readOutputName, simplifyProperty } from '../parameters/output';
import { outputFieldsOptions, readOutputFields } from '../parameters/outputFields';
import { parseOptions, readJsonMode, withJson } from '../parameters/parseResponse';
import { openClawAgentProperty, sessionKeyProperty } from '../parameters/resourceLocators';
import { flag, nameText, text } from '../parameters/text';
import { readTimeout, timeoutOption } from '../parameters/timeout';
import { answerTextOf, cutBy, stateOf } from '../transport/answer';
import { isEmptyAnswer, tidied } from '../transport/silence';
import type { Operation } from './operation';

/** The contract's default for `timeout`, in seconds. */
export const DEFAULT_TIMEOUT_S = 120;

/** The option *Model*. */
export const modelOption: INodeProperties = {
	displayName: 'Model',
	name: 'model',
	type: 'string',
	default: DEFAULT_MODEL,
	placeholder: 'e.g. openclaw:main',
	description: 'Model identifier that names an agent, such as openclaw:research or agent:research. Leave unchanged to use Agent.',
};

const chatOptions: INodeProperties[] = [
	{
		displayName: 'Earlier Messages',
		name: 'messages',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true, sortable: true },
		placeholder: 'Add Message',
		default: {},
		description: 'Earlier messages of the conversation, oldest first. Message is added as the latest user message.',
		options: [
			{
				displayName: 'Message',
				name: 'message',
				values: [
					{
						displayName: 'Role',
						name: 'role',
						type: 'options',
						options: [
							{ name: 'Assistant', value: 'assistant' },
							{ name: 'Developer', value: 'developer' },
							{ name: 'System', value: 'system' },
							{ name: 'Tool', value: 'tool' },
							{ name: 'User', value: 'user' },
						],
						default: 'user',
						description: 'Who wrote the message',
					},
					{
						displayName: 'Content',
						name: 'content',
						type: 'string',
						typeOptions: { rows: 2 },
						default: '',
						placeholder: 'e.g. What is on my calendar today?',
						description: 'Text of the message',
					},
				],
			},
		],
	},
	{
		displayName: 'Earlier Messages (JSON)',
		name: 'messages_json',
		type: 'string',
		typeOptions: { rows: 4 },
		default: '',
		placeholder: 'e.g. [{"role":"user","content":"hi"},{"role":"assistant","content":"hello"}]',
		description:
			'Earlier messages as a JSON array of objects with role and content, oldest first. Message is added as the latest user message. With a Session Key the agent remembers the conversation, so don’t send it again.',
	},
	modelOption,
	{
		displayName: 'Stream',
		name: 'stream',
		type: 'boolean',
		default: false,
		description:
			'Whether to receive the answer in chunks while the agent writes it, and to show it live in a chat. The output item is the same either way.',
	},
	timeoutOption(DEFAULT_TIMEOUT_S, 'How long to wait for the response, in seconds. Agents that use tools can take many minutes.'),
];

const message: INodeProperties = {
	displayName: 'Message',
	name: 'message',
	type: 'string',
	typeOptions: { rows: 4 },
	default: '',
	placeholder: 'e.g. Summarise the three newest e-mails in my inbox',
	description: 'The message to send to the agent, one for each input item',
};

/** Condition: the option has been added and filled in. */
const given: DisplayCondition[] = [{ _cnd: { exists: true } }];

/**
 * *Message*, which is required unless there are earlier messages: n8n marks an empty one before the run. One of the three
 * is shown, because the conditions of a parameter can only say "and". The paths start at the root: n8n up to 2.16 would look for a
 * parameter of that whole name first, and give up (measured).
 */
const messageProperties: INodeProperties[] = [
	{ ...message, required: true, displayOptions: { hide: { '/options.messages': given, '/options.messages_json': given } } },
	{ ...message, displayOptions: { show: { '/options.messages_json': given } } },
	{ ...message, displayOptions: { show: { '/options.messages': given }, hide: { '/options.messages_json': given } } },
];

const properties: INodeProperties[] = [
	...instanceProperties,
	...messageProperties,
	openClawAgentProperty,
	sessionKeyProperty(
		'',
		'Items with the same key share one conversation that the agent remembers, and are sent one after another. Leave empty to start a new conversation for each item. Prefix keys that come from visitors or models, so that they cannot open your own sessions.',
	),
	outputNameProperty('openclaw_result', 'response_text'),
	simplifyProperty,
	optionsCollection([...chatOptions, ...outputFieldsOptions, ...parseOptions, ...largeBatchOptions]),
];

/** POST /action/openclaw_chat_completion: one message to an agent, with or without a conversation before it. */
export const chatCompletion: Operation = {
	resource: 'openclaw',
	option: {
		name: 'Chat Completion',
		value: 'chatCompletion',
		description: 'Send a message to an OpenClaw agent and get the answer',
		action: 'Chat with OpenClaw agent',
	},
	properties,

	async readRequest(parameters: ItemParameters, environment: Environment): Promise<ActionRequest> {
		const { options } = parameters;
		const instance = await readInstance(parameters, environment);
		const message = text(parameters.get('message'), 'Message');
		const earlier = earlierMessages(options);
		const messages = earlier?.value ?? [];
		if (message.trim() === '' && !messages.some(({ role }) => role === 'user')) {
			throw new InputError(
				messages.length === 0 ? 'Message is empty' : 'Message is empty and Earlier Messages contains no user message',
				'Enter a Message, or end Earlier Messages with a user message',
			);
		}
		const choice = chooseAgent(nameText(parameters.get('agent_id'), 'Agent'), nameText(options.model ?? DEFAULT_MODEL, 'Model'));
		const sessionKey = fullSessionKey(nameText(parameters.get('session_key'), 'Session Key'), choice);
		const timeoutSeconds = readTimeout(options.timeout, DEFAULT_TIMEOUT_S);
		const outputName = readOutputName(parameters);
		const stream = flag(options.stream, 'Stream');
		// the contract's order; an empty optional field is left out, because the gateway refuses nulls
		const body = {
			instance_ip: instance.instanceIp,
			auth_token: instance.authToken,
			...(message.trim() === '' ? {} : { message }),
			...(earlier ? { messages_json: earlier.text } : {}),
			...(choice.model ? { model: choice.model } : {}),
			...(choice.agentId ? { agent_id: choice.agentId } : {}),
			...(sessionKey ? { session_key: sessionKey } : {}),
			stream,
			...(timeoutSeconds ? { timeout: String(timeoutSeconds) } : {}),
			output_variable_name: outputName,
		};
		const output = readOutputFields(options);
		return {
			action: CHAT_COMPLETION,
			...(output ? askingFor(output, body, options.onInvalidJson === 'fail') : { body }),
			timeoutSeconds: timeoutSeconds ?? DEFAULT_TIMEOUT_S,
			stream,
			...(sessionKey ? { session: sessionLane(instance.instanceIp, sessionKey) } : {}),
			instance: instanceId(instance),
			secrets: [instance.authToken],
			asked: 'chat',
			outputName,
			// what does not fit the fields is asked once more before it fails
			jsonMode: output ? 'off' : readJsonMode(options),
			...(lostMessages(options) ? { hint: `Earlier Messages in Options is empty, so no earlier messages were sent. ${LISTS}` } : {}),
		};
	},

	judge(answer: ActionResponse, { jsonMode }: ActionRequest): Result<ActionResponse> {
		const text = answerTextOf(answer);
		if (isEmptyAnswer(answer) || stateOf(answer) === 'underWay') {
			const said = excerpt(text ?? remoteError(answer).text) || undefined;
			const kept = text ?? (carriesAnything(answer.response) ? textOf(answer.response) : undefined);
			const words = cutWords(answer, 'before it had a text');
			return { ok: false, failure: failure('emptyAnswer', { status: answer.status ?? 200, said, partialText: kept, ...words }) };
		}
		const tidy = tidied(answer);
		const invalid = jsonMode === 'fail' ? withJson(tidy).invalid : undefined;
		if (invalid === undefined) return { ok: true, value: tidy };
		const partialText = answerTextOf(tidy);
		const words = cutWords(tidy, 'so it is not JSON');
		return { ok: false, failure: failure('answerNotJson', { status: 200, said: invalid, partialText, ...words }) };
	},

	textOf: answerTextOf,
};

/** What is said of an answer that was cut instead of what is said of others; `undefined` for one that was not. */
function cutWords(answer: ActionResponse, outcome: string): { message: string; advice: string } | undefined {
	const cut = cutBy(answer);
	return cut && { message: `The agent’s answer was cut by ${cut}, ${outcome}`, advice: CUT_ADVICE };
}

const CUT_ADVICE = 'Ask for a shorter answer, or raise the output limit of the agent’s model on the OpenClaw instance';

const carriesAnything = (response: unknown) => typeof response === 'object' && response !== null && Object.keys(response).length > 0;

function earlierMessages({ messages, messages_json: json }: IDataObject): TypedJson<Message[]> | undefined {
	const fromJson = parseMessages(json, 'Earlier Messages (JSON)');
	const fromFields = parseMessages(turnsOf(messages), 'Earlier Messages');
	if (fromJson && fromFields) {
		throw new InputError('Earlier Messages and Earlier Messages (JSON) are both filled in', 'Remove one of them from Options');
	}
	return fromJson ?? fromFields;
}

/** The turns in *Earlier Messages*; n8n makes empty ones of an expression that gives a list. */
function turnsOf(messages: unknown): unknown {
	const turns = isObject(messages) ? messages.message : undefined;
	if (!Array.isArray(turns)) return turns;
	return turns.map((turn, position) => {
		const label = `The content of message ${position + 1} of Earlier Messages`;
		const content = isObject(turn) ? text(turn.content, label) : '';
		if (content.trim() === '') throw new InputError(`${label} is empty`, `Enter a text, or remove the message. ${LISTS}`);
		return { ...(turn as object), content };
	});
}

const LISTS = 'To use a list or an expression, use Earlier Messages (JSON) instead';

/** n8n gives nothing on of a list, an expression or a text that stands where it wants fields. */
const lostMessages = ({ messages }: IDataObject): boolean => isObject(messages) && messages.message === undefined;
