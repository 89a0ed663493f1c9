import { wholeText } from '../openClawActions.mts';
import type { RealGateway } from './realGateway.mts';

/** How long the gateway may take to say whether it takes requests, in ms. */
const CHECK_TIMEOUT_MS = 30_000;

/**
 * Asks the gateway whether requests will get through, without running an agent: a request without a message is refused
 * for what it lacks only after the token and the endpoint are found to be right.
 *
 * @returns what is wrong and what to do about it, or undefined when all is well
 */
export async function gatewayProblem(gateway: RealGateway, instance: string, token: string): Promise<string | undefined> {
	if (!(await gateway.isLive(instance))) {
		return `No OpenClaw gateway answers at ${instance}. Start it there with “openclaw gateway run”, or name another one with --gateway <host:port>`;
	}
	const answer = await gateway.ask(
		{
			instance,
			token,
			path: '/v1/chat/completions',
			headers: {},
			body: { model: 'openclaw', messages: [], stream: false },
			timeoutMs: CHECK_TIMEOUT_MS,
		},
		new AbortController().signal,
	);
	const text = await wholeText(answer.body);
	switch (answer.status) {
		case 400:
			return undefined;
		case 401:
			return `The OpenClaw gateway at ${instance} does not accept the token. Set OPENCLAW_GATEWAY_TOKEN to gateway.auth.token of its openclaw.json`;
		case 429:
			return `The OpenClaw gateway at ${instance} has locked this machine out after wrong tokens. Wait ${answer.headers['retry-after'] ?? 'some'} seconds and start again with the right one`;
		case 404:
			return `The OpenClaw gateway at ${instance} has no chat endpoint. Enable it with “openclaw config set gateway.http.endpoints.chatCompletions.enabled true”`;
		default:
			return `What answers at ${instance} is no OpenClaw gateway with a chat endpoint: it said ${answer.status} ${text.slice(0, 200)}`;
	}
}
