import type { INodeProperties } from 'n8n-workflow';

import type { ActionRequest } from '../client/actionRequest';
import type { Environment } from '../client/environment';
import { instanceId, TOOLS_INVOKE } from '../client/openclaw';
import { failure } from '../failures/failure';
import { InputError } from '../failures/inputError';
import { asObject, isObject } from '../failures/json';
import { errorText, isError } from '../failures/remoteError';
import type { ActionResponse, Result } from '../failures/result';
import { toolSessionKey } from '../parameters/agentSession';
import { instanceProperties, readInstance } from '../parameters/instance';
import type { ItemParameters } from '../parameters/itemParameters';
import { typedObject } from '../parameters/json';
import { argumentNotices } from '../parameters/knownTools';
import { optionsCollection, outputNameProperty, readOutputName, simplifyProperty } from '../parameters/output';
import { fromList, sessionKeyProperty } from '../parameters/resourceLocators';
import { flag, nameText } from '../parameters/text';
import { readTimeout, timeoutOption } from '../parameters/timeout';
import { contentText } from '../transport/answer';
import type { Operation } from './operation';

/** The contract's default for `timeout`, in seconds. */
const DEFAULT_TIMEOUT_S = 60;

const ARGUMENTS = 'Arguments (JSON)';

const properties: INodeProperties[] = [
	...instanceProperties,
	{
		displayName: 'Tool',
		name: 'tool',
		type: 'resourceLocator',
		required: true,
		default: { mode: 'list', value: '' },
		description: 'The tool to run. The tool policy of the OpenClaw instance must allow it.',
		modes: [fromList('searchTools'), { displayName: 'By Name', name: 'id', type: 'string', placeholder: 'e.g. sessions_list' }],
	},
	...argumentNotices,
	{
		displayName: ARGUMENTS,
		name: 'args_json',
		type: 'string',
		typeOptions: { rows: 4 },
		default: '',
		placeholder: 'e.g. {"query":"weather in Lisbon"}',
		description: 'Arguments of the tool as a JSON object, or an expression that returns an object',
	},
	sessionKeyProperty(
		'main',
		'The session in which the tool runs. Prefix keys that come from visitors or models, so that they cannot open your own sessions.',
	),
	outputNameProperty('tool_result', 'result'),
	simplifyProperty,
	optionsCollection([
		{
			displayName: 'Account ID',
			name: 'account_id',
			type: 'string',
			default: '',
			placeholder: 'e.g. work',
			description: 'The account that the tool uses, if the instance has several',
		},
		{
			displayName: 'Dry Run',
			name: 'dry_run',
			type: 'boolean',
			default: false,
			description: 'Whether to do a dry run. agent.ai reserves this field and ignores it today: the tool still runs.',
		},
		{
			displayName: 'Message Channel',
			name: 'message_channel',
			type: 'string',
			default: '',
			placeholder: 'e.g. slack',
			description: 'Channel whose group policy applies, such as slack or telegram',
		},
		timeoutOption(DEFAULT_TIMEOUT_S, 'How long to wait for the response, in seconds'),
		{
			displayName: 'Tool Action',
			name: 'action',
			type: 'string',
			default: '',
			placeholder: 'e.g. json',
			description: 'What the tool should do, for tools with an “action” argument',
		},
	]),
];

/** POST /action/openclaw_tools_invoke: one tool of the instance, without a model in between. */
export const invokeTool: Operation = {
	resource: 'openclaw',
	option: {
		name: 'Invoke Tool',
		value: 'invokeTool',
		description: 'Run one tool of an OpenClaw instance, without a model in between',
		action: 'Invoke OpenClaw tool',
	},
	properties,

	async readRequest(parameters: ItemParameters, environment: Environment): Promise<ActionRequest> {
		const { get, options } = parameters;
		const instance = await readInstance(parameters, environment);
		const tool = nameText(get('tool'), 'Tool');
		if (tool === '') throw new InputError('Tool is empty', 'Choose a tool from the list, or enter its name, such as sessions_list');
		const args = typedObject(get('args_json'), ARGUMENTS, '{"query":"weather in Lisbon"}');
		// an empty optional field is left out
		const given = (name: string, value: string | undefined) => (value ? { [name]: value } : {});
		const option = (name: string, label: string) => given(name, nameText(options[name], label));
		const timeout = readTimeout(options.timeout, DEFAULT_TIMEOUT_S);
		const outputName = readOutputName(parameters);
		return {
			action: TOOLS_INVOKE,
			// in the contract's order
			body: {
				instance_ip: instance.instanceIp,
				auth_token: instance.authToken,
				tool,
				...option('action', 'Tool Action'),
				...given('args_json', args?.text),
				...given('session_key', toolSessionKey(nameText(get('session_key'), 'Session Key'))),
				dry_run: flag(options.dry_run, 'Dry Run'),
				...option('message_channel', 'Message Channel'),
				...option('account_id', 'Account ID'),
				...given('timeout', timeout ? String(timeout) : undefined),
				output_variable_name: outputName,
			},
			timeoutSeconds: timeout ?? DEFAULT_TIMEOUT_S,
			instance: instanceId(instance),
			secrets: [instance.authToken],
			asked: 'tool',
			outputName,
		};
	},

	judge(answer: ActionResponse): Result<ActionResponse> {
		const { response } = answer;
		if (!isObject(response)) return { ok: true, value: answer };
		// some tools' results come bare, without the gateway's envelope
		const result = isObject(response.result) ? response.result : 'result' in response ? {} : response;
		const text = contentText(result.content);
		if (response.ok !== false && !toolFailed(result)) return { ok: true, value: answer };
		const reasons = [response.error, result.details, result.error, result, text].map((reason) => errorText(reason));
		const said = reasons.map((reason) => reason.text).find((each) => each !== '');
		const missing = reasons.some((reason) => /tool not available/i.test(reason.text));
		const kind = missing ? 'toolNotAvailable' : 'toolFailed';
		return { ok: false, failure: failure(kind, { status: answer.status ?? 200, said, partialText: text }) };
	},
};

/** Words with which tools say that they did not do what they were asked. */
const FAILED = /^(?:error|failed|failure|timeout|timed[_-]?out|forbidden|denied|aborted|cancell?ed)$/i;

/** `ok: true` means that the tool ran; how it ended is told inside of its result (measured with openclaw 2026.9.6). */
function toolFailed(result: Record<string, unknown>): boolean {
	const details = asObject(result.details);
	const words = [details.status, result.status].filter((word) => typeof word === 'string');
	return result.isError === true || words.some((word) => FAILED.test(word)) || isError(details.error) || isError(result.error);
}
