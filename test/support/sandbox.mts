import { DEFAULT_API_TOKEN, DEFAULT_AUTH_TOKEN, Sandbox, type SandboxOptions } from '../../sandbox/server.mts';

const open = new Set<Sandbox>();

/** A sandbox that is closed after the test. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	const sandbox = await Sandbox.start(options);
	open.add(sandbox);
	return sandbox;
}

afterEach(async () => {
	for (const sandbox of open) await sandbox.close();
	open.clear();
});

/** The credential of a person whose agent.ai is this sandbox. */
export function credentialFor(sandbox: Sandbox) {
	return {
		apiToken: DEFAULT_API_TOKEN,
		baseUrl: sandbox.baseUrl,
		instanceIp: '127.0.0.1',
		authToken: DEFAULT_AUTH_TOKEN,
	};
}

/** The answer's text in an item's json. */
export function textOf(json: Record<string, unknown>): string | undefined {
	return (json.openclaw_result as { response_text?: string } | undefined)?.response_text;
}
