import { DEFAULT_API_TOKEN, DEFAULT_AUTH_TOKEN, Sandbox } from '../../sandbox/server.mts';
import { freePort } from '../n8n/server.mts';
import type { DemoHome } from './home.mts';

/** What answers the prompts of the demo, and how a credential reaches it. */
export interface Backend {
	credential: { apiToken: string; baseUrl: string; instanceIp: string; authToken: string };
	/** One line for the terminal. */
	title: string;
	close(): Promise<void>;
}

const FIRST_SANDBOX_PORT = 8181;

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

/** A local agent.ai on the port that it had before; where another program has taken that one, on the next free one. */
export async function sandbox(home: DemoHome): Promise<Backend> {
	const wanted = home.get('sandboxPort') ?? FIRST_SANDBOX_PORT;
	const port = await freePort(wanted);
	if (port !== wanted && home.get('sandboxPort') !== undefined) {
		console.log(`Port ${wanted} is taken by another program: the sandbox moves to ${port}, and the credential follows`);
	}
	const started = await Sandbox.start({ port, latencyMs: 200, pieceDelayMs: 40 });
	await home.set({ sandboxPort: port });
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
