import { Sandbox } from '../../sandbox/server.mts';
import { runNode } from '../support/engine.mts';

describe('smoke', () => {
	test('one', async () => {
		const sandbox = await Sandbox.start();
		const r = await runNode({ credential: { apiToken: 'sandbox-api-token', baseUrl: sandbox.baseUrl, instanceIp: '127.0.0.1', authToken: 'sandbox-gateway-token' }, parameters: { message: '={{ $json.m }}', output_variable_name: 'openclaw_result' }, items: [{ m: 'a' }, { m: 'b' }], downstreamReads: "={{ $('Agent.ai').item.json.openclaw_result.response_text + $('Rows').item.json.m }}" });
		console.log(JSON.stringify(r.items), r.error, r.error?.description, JSON.stringify(r.downstream), r.hints, sandbox.requests);
		await sandbox.close();
	});
});
