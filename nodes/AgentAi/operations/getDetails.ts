import type { IDataObject } from 'n8n-workflow';

import { optionsCollection } from '../parameters/options';
import { checkOutputName, outputNameProperty, readOutputSettings } from '../parameters/output';
import { isObject } from '../transport/interpret';
import type { ActionResponse } from '../transport/types';
import type { Action, ItemParameters, PreparedRequest, Received } from './types';

/** The action has no timeout of its own; agent.ai only looks the instance up. */
const TIMEOUT_S = 60;

/** POST /action/openclaw_get_details: the account's own OpenClaw instance. */
export const getDetails: Action = {
	properties: [
		outputNameProperty('openclaw', 'instance_ip'),
		optionsCollection([
			{
				displayName: 'Include Auth Token',
				name: 'includeAuthToken',
				type: 'boolean',
				default: false,
				description: 'Whether to put the gateway’s token into the item. It is a secret, and n8n saves it with the execution.',
			},
		]),
	],

	prepare({ get, options }: ItemParameters): PreparedRequest {
		const outputName = checkOutputName(get('output_variable_name'), readOutputSettings(options));
		return {
			action: 'openclaw_get_details',
			body: { output_variable_name: outputName },
			timeoutSeconds: TIMEOUT_S,
			stream: false,
			secrets: [],
			outputName,
			answersWithToken: options.includeAuthToken === true,
		};
	},

	receive(answer: ActionResponse, request: PreparedRequest): Received {
		const { response } = answer;
		if (request.answersWithToken || !isObject(response) || !('auth_token' in response)) return { ok: true, answer };
		const shown: IDataObject = { ...(response as IDataObject) };
		delete shown.auth_token;
		shown.auth_token_omitted = 'The token was left out. Turn on Include Auth Token in Options to receive it';
		return { ok: true, answer: { ...answer, response: shown } };
	},
};
