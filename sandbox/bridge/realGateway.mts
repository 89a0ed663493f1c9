import { type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

import { event } from '../gateway/chat.mts';
import { type Gateway, type GatewayAnswer, GatewayRefusal, type GatewayRequest, type InstanceDetails } from '../gateway/types.mts';
import { type GatewayAddress, readAddress } from './address.mts';
import type { GatewayPlace } from './settings.mts';

export interface RealGatewaySettings {
	/** The gateway that `openclaw_get_details` names; asked for anew each time, so that a changed token is found. */
	find: () => Promise<GatewayPlace>;
	/** Hosts that may be asked besides loopback, as `host` for any port or `host:port`. */
	allowedHosts: string[];
}

/** What to do where neither the environment nor OpenClaw's configuration names the token. */
export const TOKEN_MISSING =
	'The token of the OpenClaw gateway is missing. Set OPENCLAW_GATEWAY_TOKEN to gateway.auth.token of its openclaw.json';

/** How long a health check may take, in ms. */
const HEALTH_TIMEOUT_MS = 5_000;

/** Real OpenClaw gateways, asked over HTTP as agent.ai asks them: each request names its own. */
export class RealGateway implements Gateway {
	constructor(private readonly settings: RealGatewaySettings) {}

	/** @throws GatewayRefusal for a host that is not allowed, one that does not answer, and at the end of the time */
	async ask({ instance, token, path, headers, body, timeoutMs }: GatewayRequest, signal: AbortSignal): Promise<GatewayAnswer> {
		const address = this.allowed(instance);
		refuseUnsendable(headers);
		const timeout = AbortSignal.timeout(timeoutMs);
		const seconds = timeoutMs / 1000;
		try {
			const answer = await send(address, path, token, headers, Buffer.from(JSON.stringify(body)), AbortSignal.any([signal, timeout]));
			const pieces = readPieces(answer, timeout, `The OpenClaw instance did not finish within ${seconds} seconds`);
			return { status: answer.statusCode ?? 502, headers: textHeaders(answer), body: pieces };
		} catch (error) {
			if (signal.aborted) throw error;
			if (timeout.aborted) throw new GatewayRefusal(408, `The OpenClaw instance did not answer within ${seconds} seconds`);
			throw new GatewayRefusal(
				502,
				`The OpenClaw gateway at ${address.url} cannot be reached (${reason(error)}). Is it running there, and does Instance IP name its port?`,
			);
		}
	}

	/**
	 * The instance of the settings, and whether its gateway answers just now.
	 *
	 * @throws GatewayRefusal when its token cannot be found any more
	 */
	async details(): Promise<InstanceDetails> {
		const { instance, token } = await this.settings.find();
		if (token === undefined) throw new GatewayRefusal(500, TOKEN_MISSING);
		return { instance_ip: instance, auth_token: token, status: (await this.isLive(instance)) ? 'running' : 'stopped' };
	}

	/** Whether the gateway of an instance answers. */
	async isLive(instance: string): Promise<boolean> {
		const { url } = this.allowed(instance);
		return await fetch(`${url}/health`, { signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS) }).then(
			(answer) => answer.ok,
			() => false,
		);
	}

	private allowed(instance: string): GatewayAddress {
		const address = readAddress(instance);
		if (!address) throw new GatewayRefusal(400, `“${instance}” is no address of an instance: give a host or host:port`);
		if (address.isLoopback || this.settings.allowedHosts.some((host) => [address.host, address.authority].includes(host.toLowerCase()))) {
			return address;
		}
		throw new GatewayRefusal(400, `The sandbox may not ask ${address.host}: start it with --allow-host ${address.host}`);
	}
}

/**
 * What agent.ai tells a gateway in headers, in words where a header cannot carry it: Node itself would only name a code.
 *
 * @throws GatewayRefusal
 */
function refuseUnsendable(headers: Record<string, string>): void {
	for (const [name, value] of Object.entries(headers)) {
		const [unsendable] = /[^\t\x20-\x7e\xa0-\xff]/u.exec(value) ?? [];
		if (unsendable === undefined) continue;
		const field = name.replace('x-openclaw-', '').replaceAll('-', '_');
		throw new GatewayRefusal(
			400,
			`The ${field} holds “${unsendable}”, and reaches OpenClaw in a header, which cannot carry it. Use letters of the Latin alphabet, digits and signs`,
		);
	}
}

/**
 * Sends one request and gives the answer as soon as its headers are there; no time limit but the signal's. The body is
 * bytes, because Node writes headers in the encoding of a text that follows them: a session “café” would become “cafÃ©”.
 */
async function send(
	address: GatewayAddress,
	path: string,
	token: string,
	headers: Record<string, string>,
	body: Buffer,
	signal: AbortSignal,
): Promise<IncomingMessage> {
	const open = address.isLoopback ? httpRequest : httpsRequest;
	return await new Promise<IncomingMessage>((resolve, reject) => {
		const request: ClientRequest = open(address.url + path, {
			method: 'POST',
			// a connection that is kept may have died with a gateway that was restarted
			agent: false,
			headers: {
				authorization: `Bearer ${token}`,
				'content-type': 'application/json',
				'content-length': body.length,
				...headers,
			},
			signal,
		});
		request.on('response', resolve).on('error', reject).end(body);
	});
}

/** The body as it comes; a stream that runs out of time says so in an event of its own. */
async function* readPieces(answer: IncomingMessage, timeout: AbortSignal, message: string): AsyncGenerator<string | Uint8Array> {
	try {
		for await (const piece of answer) yield piece as Buffer;
	} catch (error) {
		if (!timeout.aborted) throw error;
		if (!isStream(answer)) throw new GatewayRefusal(408, message);
		yield event({ error: { message, type: 'timeout' } });
		yield event('[DONE]');
	}
}

const isStream = ({ headers }: IncomingMessage): boolean => headers['content-type']?.startsWith('text/event-stream') ?? false;

function textHeaders({ headers }: IncomingMessage): Record<string, string> {
	return Object.fromEntries(Object.entries(headers).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

const reason = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? (error as Error).message;
