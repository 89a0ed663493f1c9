import { type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

import { event } from '../gateway/chat.mts';
import { type Gateway, type GatewayAnswer, GatewayRefusal, type GatewayRequest, type InstanceDetails } from '../gateway/types.mts';
import { type GatewayAddress, readAddress } from './address.mts';

export interface RealGatewaySettings {
	/** The instance that `openclaw_get_details` names: a host or `host:port`. */
	instance: string;
	/** Its gateway's token. */
	token: string;
	/** Hosts that may be asked besides loopback, as `host` for any port or `host:port`. */
	allowedHosts: string[];
}

/** How long a health check may take, in ms. */
const HEALTH_TIMEOUT_MS = 5_000;

/** Real OpenClaw gateways, asked over HTTP as agent.ai asks them: each request names its own. */
export class RealGateway implements Gateway {
	constructor(private readonly settings: RealGatewaySettings) {}

	/** @throws GatewayRefusal for a host that is not allowed, one that does not answer, and at the end of the time */
	async ask({ instance, token, path, headers, body, timeoutMs }: GatewayRequest, signal: AbortSignal): Promise<GatewayAnswer> {
		const address = this.allowed(instance);
		const timeout = AbortSignal.timeout(timeoutMs);
		const seconds = timeoutMs / 1000;
		try {
			const answer = await send(address, path, token, headers, JSON.stringify(body), AbortSignal.any([signal, timeout]));
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

	/** The instance of the settings, and whether its gateway answers just now. */
	async details(): Promise<InstanceDetails> {
		const { instance, token } = this.settings;
		return { instance_ip: instance, auth_token: token, status: (await this.isLive()) ? 'running' : 'stopped' };
	}

	/** Whether the gateway of the settings answers. */
	async isLive(): Promise<boolean> {
		const { url } = this.allowed(this.settings.instance);
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

/** Sends one request and gives the answer as soon as its headers are there; no time limit but the signal's. */
async function send(
	address: GatewayAddress,
	path: string,
	token: string,
	headers: Record<string, string>,
	body: string,
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
				'content-length': Buffer.byteLength(body),
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
