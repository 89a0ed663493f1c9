import type { SandboxOptions } from '../../sandbox/server.mts';
import { startSandbox } from '../support/sandbox.mts';
import { DISABLED, type GatewayCase, LOCKED_OUT, LOCKOUT, ONE, OWN_PROVIDERS, SEVERAL, SEVERAL_AGENTS } from './gatewayCases.mts';
import { runCase } from './runCase.mts';

/** The sandbox's side of the table; `test/e2e/openclawTable.e2e.mts` runs the same cases on the real gateway. */
async function onSandbox(gatewayCase: GatewayCase, options: SandboxOptions): Promise<string[]> {
	const sandbox = await startSandbox(options);
	const { apiToken, authToken } = sandbox.options;
	return await runCase(gatewayCase, { baseUrl: sandbox.baseUrl, apiToken, authToken, instance: '127.0.0.1' });
}

const byName = (cases: GatewayCase[]) => cases.map((each): [string, GatewayCase] => [each.name, each]);

describe('the pretended gateway does as the real one', () => {
	test.each(byName(SEVERAL))('%s', async (_name, gatewayCase) => {
		const answers = await onSandbox(gatewayCase, { agents: SEVERAL_AGENTS, providers: OWN_PROVIDERS });
		expect(answers).toEqual(gatewayCase.answers);
	});

	test.each(byName([...ONE, LOCKED_OUT]))('%s', async (_name, gatewayCase) => {
		expect(await onSandbox(gatewayCase, { agents: ['main'], lockout: LOCKOUT })).toEqual(gatewayCase.answers);
	});

	test(DISABLED.name, async () => {
		expect(await onSandbox(DISABLED, { agents: ['main'], chatEndpoint: false })).toEqual(DISABLED.answers);
	});
});
