/**
 * Runs one node over many items in n8n-core's own engine, and prints the memory and the time as JSON. CommonJS,
 * so that the node, the engine and this file share one copy of n8n-workflow, as they do in n8n.
 */
import '../test/setup.mts';

import type { IExecuteFunctions, INodeExecutionData, INodeType } from 'n8n-workflow';

import { AgentAi } from '../nodes/AgentAi/AgentAi.node.ts';
import { runNode } from '../test/support/engine.mts';

const [kind, baseUrl = '', count = '0'] = process.argv.slice(2);
const credential = { apiToken: 'sandbox-api-token', baseUrl, instanceIp: '127.0.0.1', authToken: 'sandbox-gateway-token' };

/** What people write today: a loop that sends one item after another and keeps the answers. */
class BareLoop implements INodeType {
	description = { ...new AgentAi().description };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const output: INodeExecutionData[] = [];
		for (let item = 0; item < this.getInputData().length; item++) {
			const json = (await this.helpers.httpRequestWithAuthentication.call(this, 'agentAiApi', {
				method: 'POST',
				url: `${baseUrl}/action/openclaw_chat_completion`,
				body: {
					instance_ip: credential.instanceIp,
					auth_token: credential.authToken,
					message: this.getNodeParameter('message', item),
					output_variable_name: 'openclaw_result',
				},
				json: true,
			})) as INodeExecutionData['json'];
			output.push({ json, pairedItem: { item } });
		}
		return [output];
	}
}

void (async () => {
	const items = Array.from({ length: Number(count) }, (_, row) => ({ row: `row ${row}` }));
	const startedAt = performance.now();
	const result = await runNode({
		credential,
		parameters: { message: '={{ $json.row }}', options: { maxConcurrency: kind === 'node-1' ? 1 : 5 } },
		items,
		...(kind === 'bare-loop' ? { nodeType: new BareLoop() } : {}),
	});
	const seconds = (performance.now() - startedAt) / 1000;
	const peakMiB = Math.round(process.resourceUsage().maxRSS / 1024);
	globalThis.gc?.();
	const heldMiB = process.memoryUsage().heapUsed / 2 ** 20;
	// read only now, so that the answers are still there when they are measured
	if (result.items.length !== items.length) throw result.error ?? new Error(`${result.items.length} items came back`);
	console.log(JSON.stringify({ peakMiB, heldMiB, seconds }));
	process.exit(0);
})();
