import { hash } from 'crypto';
import type { IDataObject, INode } from 'n8n-workflow';

import type { ActionRequest } from '../client/actionRequest';
import type { AgentAiClient } from '../client/client';
import { hasOwnOperation } from '../client/openclaw';
import { DEFAULT_AGENT, modelAgent } from '../parameters/agentSession';
import { isAutomatic } from '../parameters/instance';

/** Fields that change how an answer comes, and not what it is. */
const HOW = ['auth_token', 'output_variable_name', 'stream', 'timeout'];

/**
 * Names the requests of a run by what decides their answers: the row, the credential and its account, the action and its
 * fields, spelled in one way. A token that is corrected in the same credential, after it was refused, keeps the answers.
 * Equal requests that shall be sent once go by the row of the first of them.
 */
export class RequestNames {
	/** The first row of each request that may be shared, by all that makes it another. */
	private readonly first = new Map<string, number>();

	/** n8n's id of the credential. */
	private readonly credentialId: string;

	private readonly automatic: boolean;

	/** @param sharesEqual whether equal requests without a session have one name */
	constructor(
		{ credentials, parameters }: INode,
		private readonly sharesEqual: boolean,
	) {
		this.credentialId = credentials?.agentAiApi?.id ?? '';
		this.automatic = isAutomatic(parameters.instance);
	}

	/**
	 * @param formerIds accounts of the same credential whose token was refused since, see `AgentAiClient.id`
	 * @returns the name, and those under which an earlier try of the run may have kept the answer
	 */
	next(index: number, request: ActionRequest, { credential, id }: AgentAiClient, formerIds: string[]): [string, ...string[]] {
		const { action, body, secrets, outputName, webhook, pages, answersWithSecrets } = request;
		const { instanceIp } = credential;
		// agent.ai may move its instance between two tries: whose it is does not change
		const named = this.automatic && instanceIp === '' ? 'automatic' : undefined;
		const decides = hasOwnOperation(action) ? openClawFields(body, named) : otherFields(body, outputName);
		const called = webhook && [webhook.agentId, webhook.mode];
		const spelled = JSON.stringify([this.credentialId, action, decides, called, pages, answersWithSecrets], (_name, value: unknown) =>
			// what is secret cannot be guessed from a name
			typeof value === 'string' && secrets.includes(value) ? '' : value,
		);
		const nameFor = (account: string, row: number) => `${hash('sha256', account + spelled, 'base64url')}:${row}`;
		const row = this.rowOf(index, id + spelled, request);
		return [nameFor(id, row), ...[id, ...formerIds].flatMap((account) => [nameFor(account, index), nameFor(account, row)])];
	}

	/** The row by which a request goes: its own, or that of the first which is the same in all, secrets included. */
	private rowOf(index: number, spelled: string, { session, secrets, jsonMode, columns }: ActionRequest): number {
		if (!this.sharesEqual || session !== undefined) return index;
		const exact = hash('sha256', JSON.stringify([spelled, secrets, jsonMode, columns?.attempts, columns?.fails]), 'base64url');
		const row = this.first.get(exact) ?? index;
		this.first.set(exact, row);
		return row;
	}
}

const without = (body: IDataObject, names: string[]): IDataObject =>
	Object.fromEntries(Object.entries(body).filter(([name]) => !names.includes(name)));

/** The gateway reads addresses, agents and session keys in any case, and a model may name the agent once more. */
function openClawFields(body: IDataObject, instance: string | undefined): IDataObject {
	const { agent_id: agentId, model, session_key: session, instance_ip: instanceIp, ...rest } = without(body, HOW);
	const plain = (value: unknown) => (typeof value === 'string' ? value.toLowerCase() : undefined);
	const agent = plain(agentId) ?? (typeof model === 'string' ? plain(modelAgent(model)) : undefined) ?? plain(model) ?? DEFAULT_AGENT;
	const other = typeof model === 'string' && modelAgent(model) === undefined ? plain(model) : undefined;
	return { ...rest, agent, ...(other ? { model: other } : {}), session: plain(session), instance: instance ?? plain(instanceIp) };
}

const otherFields = (body: IDataObject, outputName: string | undefined) =>
	outputName === undefined ? body : without(body, ['output_variable_name']);
