import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Everything that is fetched, built or written for running things locally; ignored by git. */
export const LOCAL = join(ROOT, '.local');

/**
 * What is installed from npm to be run beside the project (Node 24, n8n, OpenClaw): gigabytes, so one folder serves all
 * checkouts of a person.
 */
export const HOST = process.env.AGENT_AI_HOST_DIR ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'n8n-nodes-agent-ai');
