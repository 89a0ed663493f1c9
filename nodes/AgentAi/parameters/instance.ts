import type { INodeProperties } from 'n8n-workflow';

import type { Environment } from '../client/environment';
import { instanceAddress } from '../client/instanceAddress';
import type { Instance } from '../client/openclaw';
import { usableToken } from '../client/token';
import { InputError } from '../failures/inputError';
import type { ItemParameters } from './itemParameters';
import { text } from './text';

/** *OpenClaw Instance* and what it shows; the API's `instance_ip` and `auth_token`. */
export const instanceProperties: INodeProperties[] = [
	{
		displayName: 'OpenClaw Instance',
		name: 'instance',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Automatic',
				value: 'automatic',
				description: 'Use the instance in the credential, or the one connected to your agent.ai account',
			},
			{
				name: 'Define Below',
				value: 'defineBelow',
				description: 'Enter the address and token of an instance',
			},
		],
		default: 'automatic',
		description: 'The OpenClaw instance to use',
	},
	{
		displayName: 'Instance IP',
		name: 'instance_ip',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. 167.71.242.214',
		description: 'IP address or host name of the OpenClaw instance, with the port if needed and without https://',
		displayOptions: { show: { instance: ['defineBelow'] } },
	},
	{
		displayName: 'Auth Token',
		name: 'auth_token',
		type: 'string',
		typeOptions: { password: true },
		required: true,
		default: '',
		description:
			'Token of the OpenClaw gateway on this instance. It is saved in the workflow, so use the credential or an expression if you can.',
		displayOptions: { show: { instance: ['defineBelow'] } },
	},
];

/** Whether *OpenClaw Instance* is *Automatic*, which it is unless another is named. */
export const isAutomatic = (instance: unknown) => instance !== 'defineBelow';

/**
 * The instance of one item. Address and token always come from the same source: a token is never
 * sent to an instance that it was not entered for.
 *
 * @throws FailureError when either is missing, the address is none, or agent.ai names no usable instance
 */
export async function readInstance({ get }: Pick<ItemParameters, 'get'>, environment: Environment): Promise<Instance> {
	if (!isAutomatic(get('instance'))) {
		const address = text(get('instance_ip'), 'Instance IP').trim();
		const authToken = usableToken(text(get('auth_token'), 'Auth Token'), 'Auth Token');
		if (address === '') {
			throw new InputError('Instance IP is empty', 'Enter the address of the OpenClaw instance, or set OpenClaw Instance to Automatic');
		}
		if (authToken === '') {
			throw new InputError(
				'Auth Token is empty',
				'Enter the gateway token of this instance. The token in the credential belongs to the credential’s own instance and is not sent elsewhere',
			);
		}
		return { instanceIp: instanceAddress(address, 'Instance IP'), authToken };
	}
	return await environment.automaticInstance();
}
