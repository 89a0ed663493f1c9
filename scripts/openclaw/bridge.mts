import { RealGateway } from '../../sandbox/bridge/realGateway.mts';
import { Sandbox, type SandboxOptions } from '../../sandbox/server.mts';
import { type GatewayOptions, OpenClawGateway } from './gateway.mts';
import { ModelServer } from './modelServer.mts';

export interface OpenClawOptions extends Omit<GatewayOptions, 'modelUrl'> {
	/** The agent.ai in front of the gateway. */
	bridge?: SandboxOptions;
	/** How the agents' model answers. */
	replies?: 'echo' | 'topics';
}

/** A real OpenClaw behind a local agent.ai, its agents on a scripted model. */
export interface RunningOpenClaw {
	model: ModelServer;
	gateway: OpenClawGateway;
	bridge: Sandbox;
	/** What goes into an Agent.ai API credential: the bridge names the instance by itself. */
	credential: { apiToken: string; baseUrl: string; instanceIp: string; authToken: string };
	/** Ends all three. */
	close(): Promise<void>;
}

/**
 * Starts a model, an OpenClaw gateway and the bridge before it, and lets the first agent answer once: its first answer
 * after a boot takes up to 30 seconds.
 *
 * @param options folder and agents of the gateway, and options of the bridge
 * @throws Error with the end of OpenClaw's log when it does not come up
 */
export async function startOpenClaw({ bridge: bridgeOptions, replies, ...options }: OpenClawOptions): Promise<RunningOpenClaw> {
	const model = await ModelServer.start(replies);
	const running: (() => Promise<void>)[] = [() => model.close()];
	const close = async () => {
		for (const stop of running.splice(0).reverse()) await stop();
	};
	try {
		const gateway = await OpenClawGateway.start({ ...options, modelUrl: model.url });
		running.push(() => gateway.stop());
		const { address, token } = gateway;
		const bridge = await Sandbox.start(
			bridgeOptions,
			new RealGateway({ find: () => Promise.resolve({ instance: address, token }), allowedHosts: [] }),
		);
		running.push(() => bridge.close());
		await gateway.warmUp();
		model.calls.length = 0;
		const credential = { apiToken: bridge.options.apiToken, baseUrl: bridge.baseUrl, instanceIp: '', authToken: '' };
		return { model, gateway, bridge, credential, close };
	} catch (error) {
		await close();
		throw error;
	}
}
