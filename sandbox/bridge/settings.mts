import { readFile } from 'node:fs/promises';
import { homedir, networkInterfaces } from 'node:os';
import { join } from 'node:path';

import JSON5 from 'json5';

import { GATEWAY_PORT, readAddress } from './address.mts';

/** Where the gateway listens and what it takes as its token, as far as both are known. */
export interface GatewayPlace {
	/** A host or `host:port`. */
	instance: string;
	token?: string;
}

/** The part of OpenClaw's configuration that callers of its gateway need. */
interface GatewayConfig {
	port?: unknown;
	auth?: { mode?: unknown; token?: unknown; password?: unknown };
}

/**
 * Finds the gateway that the bridge asks. Port and token come from the environment as OpenClaw itself reads it, else from
 * `gateway.port` and `gateway.auth` of OpenClaw's own configuration. A gateway elsewhere is not told this machine's own
 * token: for it, the environment must name one.
 *
 * @param named the gateway that the command line names, a host or `host:port`; the one on this machine if left out
 * @throws Error for a configuration that is no JSON5
 */
export async function findGateway(named?: string, env: NodeJS.ProcessEnv = process.env): Promise<GatewayPlace> {
	const config = await readConfig(env);
	const instance = named ?? `127.0.0.1:${env.OPENCLAW_GATEWAY_PORT ?? port(config) ?? GATEWAY_PORT}`;
	const { mode, token, password } = (isHere(instance) ? config.auth : undefined) ?? {};
	// OpenClaw's HTTP endpoints take a password as the bearer token too
	const own = secret(mode === 'password' ? password : token, env);
	return { instance, token: env.OPENCLAW_GATEWAY_TOKEN ?? env.OPENCLAW_GATEWAY_PASSWORD ?? own };
}

async function readConfig(env: NodeJS.ProcessEnv): Promise<GatewayConfig> {
	const file = env.OPENCLAW_CONFIG_PATH ?? join(env.OPENCLAW_STATE_DIR ?? join(homedir(), '.openclaw'), 'openclaw.json');
	const text = await readFile(file, 'utf8').catch(() => '{}');
	try {
		return JSON5.parse<{ gateway?: GatewayConfig } | null>(text)?.gateway ?? {};
	} catch (error) {
		throw new Error(`${file} is no JSON5 (${(error as Error).message})`, { cause: error });
	}
}

const port = (config: GatewayConfig): number | undefined => (Number.isInteger(config.port) ? (config.port as number) : undefined);

/** A secret that stands in the configuration itself or, as `${NAME}`, in the environment; OpenClaw's secret stores are not read. */
function secret(value: unknown, env: NodeJS.ProcessEnv): string | undefined {
	if (typeof value !== 'string' || value === '') return undefined;
	const [, name] = /^\$\{([A-Z_][A-Z\d_]*)\}$/.exec(value) ?? [];
	return name === undefined ? value : env[name];
}

/** Whether an address is one of this machine's own. */
function isHere(instance: string): boolean {
	const address = readAddress(instance);
	if (!address) return false;
	const own = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
	return address.isLoopback || own.some((each) => each.address === address.host);
}
