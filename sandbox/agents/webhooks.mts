import type { FastifyInstance } from 'fastify';

import { actionError } from '../actionResponse.mts';
import type { AgentService, ServiceAnswer } from './service.mts';

/** A request that came to the address of a webhook. */
export interface WebhookCall {
	method: string;
	url: string;
	headers: Record<string, unknown>;
	body: unknown;
}

interface Address {
	Params: { agent: string; key: string; run: string };
	Body: Record<string, unknown>;
}

/**
 * The webhooks of the agents: the address is the secret, so there is no token. `/async` gives a `run_id` at once, and
 * `/status/<run_id>` the answer when there is one, 204 until then.
 *
 * @param calls receives every request
 */
export function addWebhooks(app: FastifyInstance, agents: AgentService, closing: AbortSignal, calls: WebhookCall[]): void {
	const started = new Map<string, ServiceAnswer | undefined>();
	const path = '/v1/agent/:agent/webhook/:key';
	app.addHook('preHandler', async ({ method, url, headers, body, params }, reply) => {
		if (!isWebhook(url)) return;
		calls.push({ method, url, headers, body });
		const { agent, key } = params as Partial<Address['Params']>;
		if (agent === undefined || agents.find(agent)?.webhookKey !== key) {
			await reply.code(404).send(actionError(404, `No webhook at ${url}`));
		}
	});
	app.post<Address>(path, async ({ params, body }, reply) => {
		const answer = await agents.run(params.agent, inputsOf(body), closing);
		await reply.code(answer.status).send(answer.body);
	});
	app.post<Address>(`${path}/async`, ({ params, body }) => {
		const run = `r-${started.size + 1}`;
		started.set(run, undefined);
		agents.run(params.agent, inputsOf(body), closing).then(
			(answer) => started.set(run, answer),
			() => started.delete(run),
		);
		return { run_id: run };
	});
	app.get<Address>(`${path}/status/:run`, async ({ params: { run } }, reply) => {
		if (!started.has(run)) return await reply.code(404).send(actionError(404, 'No such run'));
		const answer = started.get(run);
		return answer ? await reply.code(answer.status).send(answer.body) : await reply.code(204).send();
	});
}

/** Whether an address is one of a webhook, which takes no token. */
export const isWebhook = (url: string) => url.startsWith('/v1/agent/');

const inputsOf = (body: unknown) => (typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {});
