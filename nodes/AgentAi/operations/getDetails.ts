import type { ActionRequest } from '../client/actionRequest';
import { GET_DETAILS } from '../client/openclaw';
import { isObject } from '../failures/json';
import type { ActionResponse, Result } from '../failures/result';
import type { ItemParameters } from '../parameters/itemParameters';
import { optionsCollection, outputNameProperty, readOutputName, simplifyProperty } from '../parameters/output';
import { flag } from '../parameters/text';
import { createRedactor } from '../transport/redact';
import { redactJson } from '../transport/redactJson';
import { secretsInAnswer } from '../transport/secretFields';
import type { Operation } from './operation';

/** The action has no timeout of its own; agent.ai only looks the instance up. */
const TIMEOUT_S = 60;

/** POST /action/openclaw_get_details: the account's own OpenClaw instance. */
export const getDetails: Operation = {
	resource: 'openclaw',
	option: {
		name: 'Get Details',
		value: 'getDetails',
		description: 'Get the address and status of your OpenClaw instance',
		action: 'Get OpenClaw instance details',
	},
	reads: true,
	properties: [
		outputNameProperty('openclaw', 'instance_ip'),
		simplifyProperty,
		optionsCollection([
			{
				displayName: 'Include Auth Token',
				name: 'includeAuthToken',
				type: 'boolean',
				default: false,
				description: 'Whether to include the gateway token in the item. The token is a secret, and n8n saves it with the execution.',
			},
		]),
	],

	readRequest(parameters: ItemParameters): ActionRequest {
		const { options } = parameters;
		const outputName = readOutputName(parameters);
		return {
			action: GET_DETAILS,
			body: { output_variable_name: outputName },
			timeoutSeconds: TIMEOUT_S,
			secrets: [],
			outputName,
			answersWithSecrets: flag(options.includeAuthToken, 'Include Auth Token') ? 'shown' : 'hidden',
		};
	},

	judge(answer: ActionResponse, request: ActionRequest): Result<ActionResponse> {
		if (request.answersWithSecrets === 'shown') return { ok: true, value: answer };
		// wherever it stands, and whatever its field is called
		const { auth_token: token, ...response } = isObject(answer.response) ? answer.response : { auth_token: undefined };
		const shown = isObject(answer.response) ? response : answer.response;
		const redact = createRedactor(secretsInAnswer(answer));
		const value = redactJson({ ...answer, response: shown }, redact) as ActionResponse;
		if (token === undefined || !isObject(value.response)) return { ok: true, value };
		return { ok: true, value: { ...value, response: { ...value.response, auth_token_omitted: OMITTED } } };
	},
};

const OMITTED = 'The token was left out. Turn on Include Auth Token in Options to receive it';
