/**
 * Runs one node over many items in n8n-core's own engine, and prints the peak memory and the time as JSON. CommonJS,
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
	const { items: output, error } = await runNode({
		credential,
		parameters: { message: '={{ $json.row }}', options: { maxConcurrency: Number(process.env.BENCH_CONCURRENCY ?? 5) } },
		items,
		...(kind === 'bare-loop' ? { nodeType: new BareLoop() } : {}),
	});
	if (error || output.length !== items.length) throw error ?? new Error(`${output.length} items came back`);
	const result = {
		peakMiB: Math.round(process.resourceUsage().maxRSS / 1024),
		seconds: Math.round((performance.now() - startedAt) / 100) / 10,
	};
	console.log(JSON.stringify(result));
	process.exit(0);
})();
