import type { IDataObject } from 'n8n-workflow';

import { retryData, runNode } from '../support/engine.mts';
import { needs } from '../support/features.mts';
import { credentialFor, startSandbox, textOf } from '../support/sandbox.mts';
import { WireServer } from '../support/wireServer.mts';

const ROWS = Array.from({ length: 20 }, (_, row) => ({ row: `row ${row}` }));
const PARAMETERS = { message: '={{ $json.row }}', options: { maxConcurrency: 3 } };

test('a retry of a failed batch sends only what has no answer yet', async () => {
	let broken = true;
	const sandbox = await startSandbox({ fault: ({ message }) => (broken && message === 'row 12' ? '400' : undefined) });
	const first = await runNode({ credential: credentialFor(sandbox), parameters: PARAMETERS, items: ROWS });
	expect(first.error?.description).toMatch(/The answers are kept: Retry of this execution sends only what has no answer yet/);
	expect(first.run.data.executionData?.nodeExecutionStack[0]?.node.name).toBe('Agent.ai');

	broken = false;
	const second = await runNode({ credential: credentialFor(sandbox), parameters: PARAMETERS, retryOf: retryData(first.run.data) });
	expect(second.error).toBeUndefined();
	expect(second.items.map(({ json }) => textOf(json))).toEqual(ROWS.map(({ row }) => `You said: ${row}`));
	expect(second.hints[0]).toMatch(/20 items: 20 answered, 0 failed; \d+ kept from an earlier try/);
	const runs = sandbox.agent.runs.map(({ message }) => message).sort();
	expect(runs).toEqual(ROWS.map(({ row }) => row).sort());
	// cleared on success: nothing of it stays in the execution
	expect(JSON.stringify(second.run.data.executionData?.contextData)).not.toContain('agentAiAnswers');
});

test('in a sub-workflow the error names the execution to retry', async () => {
	const sandbox = await startSandbox({ fault: ({ message }) => (message === 'row 12' ? '400' : undefined) });
	const { error } = await runNode({ credential: credentialFor(sandbox), parameters: PARAMETERS, items: ROWS, mode: 'integrated' });
	expect(error?.description).toMatch(/The answers are kept: Retry of execution \S+ sends only what has no answer yet/);
	expect(error?.description).toMatch(/Retry of the execution that called it sends all items again/);
});

needs('workflowSettings')('where n8n saves no failed executions, no Retry is promised', async () => {
	const sandbox = await startSandbox({ fault: ({ message }) => (message === 'row 12' ? '400' : undefined) });
	const run = {
		credential: credentialFor(sandbox),
		parameters: PARAMETERS,
		items: ROWS,
		workflowSettings: { saveDataErrorExecution: 'none' as const },
	};
	const { error } = await runNode({ ...run, mode: 'trigger' });
	expect(error?.description).toMatch(/it offers no Retry and a new run sends all items again/);
	const byHand = await runNode({ ...run, mode: 'manual' });
	expect(byHand.error?.description).toMatch(/Retry of this execution sends only what has no answer yet/);
	const unsaved = await runNode({ ...run, mode: 'manual', workflowSettings: { saveManualExecutions: false } });
	expect(unsaved.error?.description).toMatch(/does not save manual executions .*it offers no Retry.*“Save manual executions”/);
});

test('a changed row is asked again, its neighbours are not', async () => {
	const sandbox = await startSandbox({ fault: ({ message }) => (message === 'row 19' ? '400' : undefined) });
	const first = await runNode({ credential: credentialFor(sandbox), parameters: PARAMETERS, items: ROWS });
	const sent = sandbox.requests.length;
	const changed = { ...PARAMETERS, message: '={{ $json.row === "row 3" || $json.row === "row 19" ? "changed " + $json.row : $json.row }}' };
	const data = retryData(first.run.data);
	// "retry with currently saved workflow": the same data under changed parameters
	const node = data.executionData!.nodeExecutionStack[0]!.node;
	node.parameters = { ...node.parameters, message: changed.message };
	const second = await runNode({ credential: credentialFor(sandbox), parameters: changed, retryOf: data });
	expect(second.error).toBeUndefined();
	expect(
		sandbox.requests
			.slice(sent)
			.map(({ message }) => message)
			.sort(),
	).toEqual(['changed row 19', 'changed row 3']);
});

async function retryOnFail(onError: 'stopWorkflow' | 'continueRegularOutput') {
	let failures = 1;
	const sandbox = await startSandbox({ fault: ({ message }) => (message === 'row 0' && failures-- > 0 ? '400' : undefined) });
	const { items, error } = await runNode({
		credential: credentialFor(sandbox),
		parameters: { ...PARAMETERS, options: { maxConcurrency: 20 } },
		items: ROWS,
		onError,
		settings: { retryOnFail: true, maxTries: 2, waitBetweenTries: 0 },
	});
	expect(error).toBeUndefined();
	expect(items.every(({ json }) => textOf(json) !== undefined)).toBe(true);
	expect(sandbox.requests).toHaveLength(21);
}

test('Retry On Fail sends only what has no answer yet', async () => {
	await retryOnFail('stopWorkflow');
});

needs('retryInContinueModes')('Retry On Fail sends only what has no answer yet, in a Continue mode too', async () => {
	await retryOnFail('continueRegularOutput');
});

test('equal rows each have an answer of their own', async () => {
	let broken = true;
	const sandbox = await startSandbox({ fault: ({ message }) => (broken && message === 'bad' ? '400' : undefined) });
	const items = [{ row: 'same' }, { row: 'same' }, { row: 'bad' }] as IDataObject[];
	const parameters = { message: '={{ $json.row }}', options: { maxConcurrency: 1 } };
	const first = await runNode({ credential: credentialFor(sandbox), parameters, items });
	broken = false;
	const second = await runNode({ credential: credentialFor(sandbox), parameters, retryOf: retryData(first.run.data) });
	const ids = second.items.map(({ json }) => (json.openclaw_result as IDataObject).run_id);
	expect(new Set(ids).size).toBe(3);
	expect(sandbox.agent.runs).toHaveLength(3);
});

describe('what is changed before Retry', () => {
	const SIX = Array.from({ length: 6 }, (_, row) => ({ q: `q${row}` }));
	const CREDENTIAL = { apiToken: 'token-of-a', instanceIp: '10.9.0.0', authToken: 'gateway-of-a' };

	/** Six rows of which the fourth fails at first; then the same execution again with what was changed. */
	async function changed(change: {
		parameters?: IDataObject;
		options?: IDataObject;
		credential?: IDataObject;
		credentialId?: string;
		refused?: boolean;
	}) {
		let broken = true;
		const server = await WireServer.start((body) =>
			broken && body.includes('q3')
				? { status: change.refused ? 401 : 500, body: '{"status":500,"error":"no"}' }
				: { body: `{"status":200,"response":{"response_text":"${body.length}"}}` },
		);
		const parameters = { message: '={{ $json.q }}', options: { maxConcurrency: 1 } };
		const credential = { ...CREDENTIAL, baseUrl: server.baseUrl };
		const first = await runNode({ credential, parameters, items: SIX });
		expect(first.error?.description).toMatch(/The answers are kept: Retry of this execution sends only what has no answer yet/);
		broken = false;
		const sent = server.requests.length;
		const data = retryData(first.run.data);
		const after = { ...parameters, ...change.parameters, options: { ...parameters.options, ...change.options } };
		const { node } = data.executionData!.nodeExecutionStack[0]!;
		node.parameters = { ...node.parameters, ...after };
		node.credentials = { agentAiApi: { id: change.credentialId ?? '1', name: 'test' } };
		const second = await runNode({
			credential: { ...credential, ...change.credential },
			credentialId: change.credentialId,
			parameters: after,
			retryOf: data,
		});
		expect(second.error).toBeUndefined();
		expect(second.items).toHaveLength(6);
		return server.requests.slice(sent).map((body) => (JSON.parse(body) as IDataObject).message);
	}

	const REST = ['q3', 'q4', 'q5'];
	const ALL = SIX.map(({ q }) => q);

	test.each<[string, Parameters<typeof changed>[0]]>([
		['nothing', {}],
		['Timeout raised', { options: { timeout: 300 } }],
		['Stream on, and another name for the answer', { options: { stream: true }, parameters: { output_variable_name: 'answer' } }],
		['Max Tries and Retry Uncertain Failures', { options: { maxTries: 7, retryUncertainFailures: true } }],
		['the agent in capitals', { parameters: { agent_id: 'Main' } }],
		['the default model in another spelling', { options: { model: 'agent:main' } }],
		['the API token corrected', { refused: true, credential: { apiToken: 'token-corrected' } }],
		['the gateway token corrected', { credential: { authToken: 'gateway-corrected' } }],
	])('%s: only what has no answer yet is sent', async (_what, change) => {
		expect(await changed(change)).toEqual(REST);
	});

	test.each<[string, Parameters<typeof changed>[0], unknown[]]>([
		['another credential', { credentialId: '2', credential: { apiToken: 'token-of-b' } }, ALL],
		['another credential, after a refusal', { refused: true, credentialId: '2', credential: { apiToken: 'token-of-b' } }, ALL],
		['another account in the same credential, whose token was not refused', { credential: { apiToken: 'token-of-b' } }, ALL],
		['another instance', { credential: { instanceIp: '10.9.0.7' } }, ALL],
		['another agent', { parameters: { agent_id: 'research' } }, ALL],
		['another message', { parameters: { message: '=say {{ $json.q }}' } }, ALL.map((q) => `say ${q}`)],
	])('%s: everything is sent', async (_what, change, sent) => {
		expect(await changed(change)).toEqual(sent);
	});
});

test('an answer that the changed settings fail is asked for again', async () => {
	let broken = true;
	const server = await WireServer.start((body) =>
		broken && body.includes('q2')
			? { status: 400, body: '{"error":"no"}' }
			: { body: `{"status":200,"response":{"response_text":"${broken && body.includes('q1') ? 'no JSON' : '1'}"}}` },
	);
	const credential = { apiToken: 'token-of-a', instanceIp: '10.9.0.0', authToken: 'gateway-of-a', baseUrl: server.baseUrl };
	const parameters = { message: '={{ $json.q }}', options: { maxConcurrency: 1, parseJson: true } };
	const first = await runNode({ credential, parameters, items: ['q0', 'q1', 'q2'].map((q) => ({ q })) });
	expect(first.error).toBeDefined();
	broken = false;
	const sent = server.requests.length;
	const data = retryData(first.run.data);
	const strict = { ...parameters, options: { ...parameters.options, onInvalidJson: 'fail' } };
	const { node } = data.executionData!.nodeExecutionStack[0]!;
	node.parameters = { ...node.parameters, ...strict };
	const second = await runNode({ credential, parameters: strict, retryOf: data });
	expect(second.error).toBeUndefined();
	expect(server.requests.slice(sent).map((body) => (JSON.parse(body) as IDataObject).message)).toEqual(['q1', 'q2']);
});

test('answers as large as the items would have been are kept', async () => {
	let broken = true;
	const large = JSON.stringify('x'.repeat(24_000));
	const server = await WireServer.start((body) =>
		broken && body.includes('row 299')
			? { status: 400, body: '{"error":"no"}' }
			: { body: `{"status":200,"response":{"response_text":${large}}}` },
	);
	const credential = { apiToken: 'token-of-a', instanceIp: '10.9.0.0', authToken: 'gateway-of-a', baseUrl: server.baseUrl };
	const parameters = { message: '={{ $json.row }}', options: { maxConcurrency: 20 } };
	const items = Array.from({ length: 300 }, (_, row) => ({ row: `row ${row}` }));
	const first = await runNode({ credential, parameters, items });
	expect(first.error?.message).toMatch(/299 of 300 items answered/);
	broken = false;
	const sent = server.requests.length;
	await runNode({ credential, parameters, retryOf: retryData(first.run.data) });
	expect(server.requests.length - sent).toBe(1);
});
