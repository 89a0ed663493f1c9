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
 * Names requests by what decides their answers: the credential and its account, the action and its fields, spelled in one
 * way. A token that is corrected in the same credential, after it was refused, keeps the answers. Equal requests of one run get different names by
 * counting them, so that each has an answer of its own, unless they shall share one.
 */
export class RequestNames {
	/** How many requests have had a name, and the number of each of those that may be shared, by what the name leaves out. */
	private readonly seen = new Map<string, { count: number; shared: Map<string, number> }>();

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

	/** Whether the request goes by the name of all that equal it. */
	shares({ session }: ActionRequest): boolean {
		return this.sharesEqual && session === undefined;
	}

	/**
	 * @param formerIds accounts of the same credential whose token was refused since, see `AgentAiClient.id`
	 * @returns the name, and those that it has for the former accounts
	 */
	next(request: ActionRequest, { credential, id }: AgentAiClient, formerIds: string[]): [string, ...string[]] {
		const { action, body, secrets, outputName, webhook, pages } = request;
		const { instanceIp } = credential;
		// agent.ai may move its instance between two tries: whose it is does not change
		const named = this.automatic && instanceIp === '' ? 'automatic' : undefined;
		const decides = hasOwnOperation(action) ? openClawFields(body, named) : otherFields(body, outputName);
		const spelled = JSON.stringify([this.credentialId, action, decides, webhook?.url, pages], (_name, value: unknown) =>
			// what is secret cannot be guessed from a name
			typeof value === 'string' && secrets.includes(value) ? '' : value,
		);
		const nameFor = (account: string) => hash('sha256', account + spelled, 'base64url');
		const name = nameFor(id);
		const count = this.numberOf(name, request);
		const counted = (each: string) => (count === 1 ? each : `${each}:${count}`);
		return [counted(name), ...formerIds.map((former) => counted(nameFor(former)))];
	}

	/** The number of a request among those of its name. */
	private numberOf(name: string, request: ActionRequest): number {
		const seen = this.seen.get(name) ?? { count: 0, shared: new Map<string, number>() };
		this.seen.set(name, seen);
		// secrets are in no name, but other secrets make another request
		const exact = this.shares(request) ? JSON.stringify([request.secrets, request.jsonMode]) : undefined;
		const number = (exact === undefined ? undefined : seen.shared.get(exact)) ?? ++seen.count;
		if (exact !== undefined) seen.shared.set(exact, number);
		return number;
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
