import { join } from 'node:path';

import { addConversations, DEMO } from '../../sandbox/demo.mts';
import { DEFAULT_API_TOKEN, DEFAULT_AUTH_TOKEN, Sandbox } from '../../sandbox/server.mts';
import { freePort } from '../n8n/server.mts';
import { startOpenClaw } from '../openclaw/bridge.mts';
import type { DemoHome } from './home.mts';

/** What answers the prompts of the demo, and how a credential reaches it. */
export interface Backend {
	credential: { apiToken: string; baseUrl: string; instanceIp: string; authToken: string };
	/** One line for the terminal. */
	title: string;
	close(): Promise<void>;
}

const FIRST_PORT = 8181;

/** The real agent.ai, with the token in AGENT_AI_TOKEN; left empty, the instance is the one that agent.ai names. */
export function agentAi(apiToken: string): Backend {
	return {
		credential: {
			apiToken,
			baseUrl: process.env.AGENT_AI_BASE_URL ?? 'https://api-lr.agent.ai/v1',
			instanceIp: process.env.AGENT_AI_INSTANCE_IP ?? '',
			authToken: process.env.AGENT_AI_AUTH_TOKEN ?? '',
		},
		title: 'The real agent.ai answers, with AGENT_AI_TOKEN',
		close: () => Promise.resolve(),
	};
}

/** A local agent.ai, with answers by topic and some sessions in its instance. */
export async function sandbox(home: DemoHome): Promise<Backend> {
	const started = await Sandbox.start({ ...DEMO, port: await localPort(home) });
	addConversations(started.agent);
	return {
		credential: {
			apiToken: DEFAULT_API_TOKEN,
			baseUrl: started.baseUrl,
			instanceIp: '127.0.0.1',
			authToken: DEFAULT_AUTH_TOKEN,
		},
		title: `A local sandbox answers, at ${started.origin}`,
		close: async () => await started.close(),
	};
}

/** A real OpenClaw with the agents main and research on a scripted model, behind a local agent.ai. */
export async function openClaw(home: DemoHome): Promise<Backend> {
	const running = await startOpenClaw({
		folder: join(home.folder, 'openclaw'),
		agents: ['main', 'research'],
		replies: 'topics',
		bridge: { port: await localPort(home) },
	});
	return {
		credential: running.credential,
		title: `A real OpenClaw answers, at ${running.gateway.address}, behind ${running.bridge.origin}`,
		close: async () => await running.close(),
	};
}

/** The port of the local agent.ai: the one it had before; where another program has taken that, the next free one. */
async function localPort(home: DemoHome): Promise<number> {
	const known = home.get('agentAiPort');
	const port = await freePort(known ?? FIRST_PORT);
	if (known !== undefined && port !== known) {
		console.log(`Port ${known} is taken by another program: the local agent.ai moves to ${port}, and the credential follows`);
	}
	await home.set({ agentAiPort: port });
	return port;
}
