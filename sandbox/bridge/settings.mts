import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * The token of the gateway on this machine: from the environment as OpenClaw itself reads it, else from OpenClaw's own
 * configuration.
 *
 * @returns undefined where neither has one in plain text
 */
export async function readGatewayToken(env: NodeJS.ProcessEnv = process.env): Promise<string | undefined> {
	if (env.OPENCLAW_GATEWAY_TOKEN) return env.OPENCLAW_GATEWAY_TOKEN;
	const folder = env.OPENCLAW_STATE_DIR ?? join(homedir(), '.openclaw');
	const text = await readFile(env.OPENCLAW_CONFIG_PATH ?? join(folder, 'openclaw.json'), 'utf8').catch(() => '');
	// JSON5 that a person has written is not read: the environment is there for it
	const [, token] = /"auth"\s*:\s*\{[^{}]*"token"\s*:\s*"([^"$]+)"/.exec(text) ?? [];
	return token;
}
