import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';

import type { Locator } from 'playwright-core';

import type { Fault } from '../../sandbox/faults.mts';
import { type Execution, nodeRuns, outputOf, type WorkflowNode } from '../../scripts/n8n/client.mts';
import { launchBrowser } from './browser.mts';
import { Editor } from './pictures/editor.mts';
import { agentAiNode, chain, filesWithSecrets, node, openStage, rowNodes, type Stage, until } from './support.mts';

const OLD_TOKEN = 'planted-api-token-old-4711';
const NEW_TOKEN = 'planted-api-token-new-4711';
const rows = (count: number) => Array.from({ length: count }, (_, row) => ({ prompt: `row ${row}`, id: 100 + row }));

/** Every advice is followed word for word, in the n8n that a person has, and the requests are counted. */
describe('rows, their credential and what is sent again in a real n8n', () => {
	let stage: Stage;
	let fault: (message: string, token: string) => Fault | undefined = () => undefined;

	before(async () => {
		stage = await openStage({
			accounts: [OLD_TOKEN, NEW_TOKEN],
			fault: ({ message }) => fault(message ?? '', stage.sandbox.tokens.at(-1)!),
		});
		// an answer that repeats the token of its request, as a careless server might
		stage.sandbox.options.reply = (message) => `${message} came with ${stage.sandbox.tokens.at(-1)!}`;
	});

	afterEach(() => {
		fault = () => undefined;
		stage.sandbox.options.latencyMs = 0;
		forget();
	});

	after(async () => {
		await stage.close();
	});

	function forget(): void {
		for (const list of [stage.sandbox.requests, stage.sandbox.actions, stage.sandbox.tokens]) list.length = 0;
	}

	const sent = () => stage.sandbox.requests.map(({ message }) => message);
	const messages = (count: number) => rows(count).map(({ prompt }) => prompt);
	const credentialOf = async (apiToken: string) => await stage.client.createCredential('Customer', { ...stage.credentialData, apiToken });
	const save = async ({ id, name }: { id: string; name: string }, apiToken: string) =>
		await stage.client.request('PATCH', `/rest/credentials/${id}`, {
			name,
			type: 'agentAiApi',
			data: { ...stage.credentialData, apiToken },
		});

	/** Whether something came in time; where not, `until` has it tried once more. */
	const inTime = async (wait: Promise<unknown>): Promise<true | undefined> =>
		await wait.then(
			() => true,
			() => undefined,
		);

	/** A workflow that sends rows one by one. */
	const batch = (count: number, options: object = {}, extra: Partial<WorkflowNode> = {}) => ({
		name: 'rows',
		...chain(
			node('Start', 'n8n-nodes-base.manualTrigger'),
			...rowNodes(rows(count)),
			agentAiNode(stage, { options: { maxConcurrency: 1, ...options } }, extra),
		),
	});
	const problem = (execution: Execution) => nodeRuns(execution, 'Agent.ai').at(-1)?.error;
	const advice = (execution: Execution) => `${problem(execution)?.message}. ${problem(execution)?.description}`;
	const answered = (execution: Execution) => outputOf(execution, 'Agent.ai').filter(({ openclaw_result }) => openclaw_result).length;

	test('“Raise Timeout … Retry of this execution sends only what has no answer yet”', async () => {
		fault = (message) => (message === 'row 3' ? 'stall' : undefined);
		const { id } = await stage.client.createWorkflow(batch(6, { timeout: 1 }));
		const failed = await stage.client.run(id, 'Start');
		assert.match(advice(failed), /Timeout.*Retry of this execution sends only what has no answer yet/s);

		fault = () => undefined;
		forget();
		await stage.client.updateWorkflow(id, batch(6, { timeout: 300 }));
		const retried = await stage.client.retry(failed.id, true);
		assert.equal(retried.status, 'success', advice(retried));
		assert.equal(answered(retried), 6);
		assert.deepEqual(sent(), ['row 3', 'row 4', 'row 5']);
	});

	test('“paste the token again … The answers are kept”', async () => {
		const credential = await credentialOf(OLD_TOKEN);
		fault = (message, token) => (token === OLD_TOKEN && message >= 'row 3' ? '401' : undefined);
		const { id } = await stage.client.createWorkflow(batch(6, {}, { credentials: { agentAiApi: credential } }));
		const failed = await stage.client.run(id, 'Start');
		assert.match(advice(failed), /paste the token again.*The answers are kept/s);

		forget();
		await save(credential, NEW_TOKEN);
		const retried = await stage.client.retry(failed.id, false);
		assert.equal(retried.status, 'success', advice(retried));
		assert.equal(answered(retried), 6);
		assert.deepEqual(sent(), ['row 3', 'row 4', 'row 5']);
		assert.deepEqual([...new Set(stage.sandbox.tokens)], [NEW_TOKEN]);
	});

	test('a credential that is saved anew while a batch runs is taken up, and neither token is shown', async () => {
		const credential = await credentialOf(OLD_TOKEN);
		let isRenewed = false;
		fault = (_message, token) => (isRenewed && token === OLD_TOKEN ? '401' : undefined);
		stage.sandbox.options.latencyMs = 100;
		const { id } = await stage.client.createWorkflow(batch(20, {}, { credentials: { agentAiApi: credential } }));
		const executionId = await stage.client.startRun(id, 'Start');
		await until('five answers', () => Promise.resolve(stage.sandbox.requests.length > 5 || undefined));
		await save(credential, NEW_TOKEN);
		isRenewed = true;
		const execution = await stage.client.finished(executionId);
		assert.equal(execution.status, 'success', advice(execution));
		assert.equal(answered(execution), 20);
		// one request with the old one at most is refused: that row goes out again
		assert.ok(sent().length <= 21, sent().join());
		assert.equal(stage.sandbox.tokens.at(-1), NEW_TOKEN);
		for (const token of [OLD_TOKEN, NEW_TOKEN]) assert.ok(!execution.data.includes(token));
	});

	test('a credential that is deleted in the middle: what was not sent says so, and nothing is sent twice', async () => {
		for (const onError of ['continueRegularOutput', 'stopWorkflow'] as const) {
			forget();
			const credential = await credentialOf(OLD_TOKEN);
			stage.sandbox.options.latencyMs = 60;
			const workflow = (agentAiApi: { id: string; name: string }) =>
				batch(340, { maxConcurrency: 5 }, { credentials: { agentAiApi }, onError });
			let isDeleted = false;
			// in Stop mode all rows were read before it was deleted: one reads it again when it is refused
			if (onError === 'stopWorkflow') fault = (_message, token) => (isDeleted && token === OLD_TOKEN ? '401' : undefined);
			const { id } = await stage.client.createWorkflow(workflow(credential));
			const executionId = await stage.client.startRun(id, 'Start');
			await until('the first answers', () => Promise.resolve(stage.sandbox.requests.length > 5 || undefined));
			await stage.client.request('DELETE', `/rest/credentials/${credential.id}`);
			isDeleted = true;
			const execution = await stage.client.finished(executionId);
			const first = sent().length;
			assert.ok(first < 340, 'rows that were read after it was deleted fail');
			if (onError === 'stopWorkflow') {
				assert.equal(execution.status, 'error');
				assert.match(advice(execution), /credential.*Nothing was sent/is);
				// another credential never takes its answers: all rows go out with the one that is chosen now
				forget();
				stage.sandbox.options.latencyMs = 0;
				await stage.client.updateWorkflow(id, workflow(await credentialOf(NEW_TOKEN)));
				const retried = await stage.client.retry(execution.id, true);
				assert.equal(retried.status, 'success', advice(retried));
				assert.equal(sent().length, 340);
				assert.deepEqual([...new Set(stage.sandbox.tokens)], [NEW_TOKEN]);
				continue;
			}
			const items = outputOf(execution, 'Agent.ai');
			const failed = items.flatMap(({ error }) => (error ? [error as { message: string; description: string }] : []));
			assert.equal(items.length, 340);
			for (const { message, description } of failed) assert.match(`${message}. ${description}`, /credential.*Nothing was sent/is);
			assert.equal(first, items.length - failed.length);
			assert.equal(new Set(sent()).size, first);
		}
	});

	test('“filter by it to send only these again”, in the Continue modes', async () => {
		for (const onError of ['continueRegularOutput', 'continueErrorOutput']) {
			forget();
			const failing = new Set(['row 1', 'row 4']);
			// each fails once
			fault = (message) => (failing.delete(message) ? '500' : undefined);
			const again = { ...agentAiNode(stage, { options: { includeInputFields: true } }), id: crypto.randomUUID(), name: 'Again' };
			const filter = node(
				'Filter',
				'n8n-nodes-base.filter',
				{
					conditions: {
						options: { caseSensitive: true, leftValue: '', typeValidation: 'strict', version: 2 },
						conditions: [
							{
								id: 'error',
								leftValue: '={{ $json.error }}',
								rightValue: '',
								operator: { type: 'object', operation: 'exists', singleValue: true },
							},
						],
						combinator: 'and',
					},
					options: {},
				},
				{ typeVersion: 2.2 },
			);
			const { nodes, connections } = batch(6, {}, { onError });
			const isSplit = onError === 'continueErrorOutput';
			const to = (name: string) => [{ node: name, type: 'main', index: 0 }];
			const { id } = await stage.client.createWorkflow({
				name: onError,
				nodes: [...nodes, ...(isSplit ? [] : [filter]), again],
				connections: {
					...connections,
					'Agent.ai': { main: isSplit ? [[], to('Again')] : [to('Filter')] },
					...(isSplit ? {} : { Filter: { main: [to('Again')] } }),
				},
			});
			const execution = await stage.client.run(id, 'Start');
			assert.equal(execution.status, 'success');
			const hints = nodeRuns(execution, 'Agent.ai').flatMap((run) => run.hints ?? []);
			assert.match(
				hints.map(({ message }) => message).join(),
				isSplit ? /on the error output: send only these again from there/ : /with a field “error”: filter by it to send only these again/,
			);
			assert.deepEqual(sent(), [...messages(6), 'row 1', 'row 4']);
			assert.deepEqual(
				outputOf(execution, 'Again').map(({ id: own, error, openclaw_result }) => [own, error, typeof openclaw_result]),
				[101, 104].map((own) => [own, undefined, 'object']),
			);
		}
	});

	test('Retry is three clicks away from the failed batch', async () => {
		fault = (message) => (message === 'row 2' ? '400' : undefined);
		const { id } = await stage.client.createWorkflow(batch(4));
		assert.equal((await stage.client.run(id, 'Start')).status, 'error');
		fault = () => undefined;
		forget();
		const browser = await launchBrowser();
		try {
			const { page } = await Editor.open(stage, browser);
			await page.goto(`${stage.server.url}/workflow/${id}`);
			for (const click of [
				page.getByTestId('radio-button-executions'),
				page.getByTestId('execution-preview-retry-button'),
				page.getByText('Retry with currently saved workflow').last(),
			]) {
				await click.click();
			}
			await until('the retry', async () => {
				const all = await stage.client.executions(id);
				return all.some(({ status }) => status === 'success') || undefined;
			});
			assert.deepEqual(sent(), ['row 2', 'row 3']);
		} finally {
			await browser.close();
		}
	});

	test('in the editor, what failed goes out again after 5 gestures from the error output, after 12 through a filter', async () => {
		const browser = await launchBrowser();
		try {
			const editor = await Editor.open(stage, browser);
			const { page } = editor;
			await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
			const handle = (of: string, name: string) => page.locator(`[data-nodeid="${of}"][data-handleid="${name}"]`);
			const idOf = async (output: Locator) => (await output.getAttribute('data-nodeid'))!;
			for (const [onError, expected] of [
				['continueErrorOutput', 5],
				['continueRegularOutput', 12],
			] as const) {
				forget();
				const failing = new Set(['row 1', 'row 4']);
				fault = (message) => (failing.delete(message) ? '500' : undefined);
				const workflow = batch(6, {}, { onError });
				for (const [index, one] of workflow.nodes.entries()) one.position = [index * 220, 0];
				const agent = workflow.nodes.at(-1)!;
				await editor.show(workflow);
				await editor.run();
				assert.equal(sent().length, 6);

				let gestures = 0;
				// what the other mode has copied is not to be pasted here
				await page.evaluate("navigator.clipboard.writeText('')");
				const gesture = async (one: Promise<unknown>, count = 1) => {
					gestures += count;
					await one;
				};
				let from = agent.id ?? '';
				let output = 'outputs/main/1';
				if (onError === 'continueRegularOutput') {
					await gesture(page.getByTestId('canvas-handle-plus').last().click());
					await page.getByTestId('node-creator-search-bar').fill('filter');
					await gesture(
						page
							.getByTestId('node-creator-item-name')
							.filter({ hasText: /^Filter$/ })
							.first()
							.click(),
					);
					const field = page.getByTestId('run-data-schema-item').getByText('error', { exact: true }).first();
					const left = page.getByTestId('filter-condition-left');
					const isThere = async () => (await left.innerText()).includes('$json.error') || undefined;
					const drop = async () => {
						if (await isThere()) return true;
						await field.dragTo(left);
						return await inTime(until('the field in the condition', isThere, 3_000));
					};
					await gesture(until('the field in the condition', drop));
					await gesture(page.getByTestId('filter-operator-select').click());
					await gesture(page.getByText('Object', { exact: true }).last().hover());
					await gesture(page.getByText('exists', { exact: true }).last().click());
					// the operator of another type may have emptied a condition that was still being saved
					await until('the field in the condition', drop);
					await gesture(page.keyboard.press('Escape'));
					[from, output] = [await idOf(page.locator('[data-handleid="outputs/main/0"]').last()), 'outputs/main/0'];
				}
				// n8n hears these keys only where nothing else has the focus, as what was open a moment ago may
				const copy = async () => {
					await editor.node('Agent.ai').click();
					await page.keyboard.press('Control+c');
					await page.keyboard.press('Control+v');
					return await inTime(editor.node('Agent.ai1').waitFor({ timeout: 10_000 }));
				};
				await gesture(until('the copy', copy), 3);
				const to = await idOf(page.locator('[data-handleid="inputs/main/0"]').last());
				const edges = page.locator('.vue-flow__edge');
				const connection = edges.nth(await edges.count());
				// the canvas may still be moving to what was pasted: a line that ends beside its handle is drawn again
				const connect = async () => {
					await handle(from, output).dragTo(handle(to, 'inputs/main/0'));
					return await inTime(connection.waitFor({ state: 'attached', timeout: 5_000 }));
				};
				await gesture(until('the connection', connect));
				// a click that the moving canvas has swallowed starts nothing: it is made again
				const execute = async () => {
					await editor.node('Agent.ai1').hover();
					await editor.node('Agent.ai1').getByTestId('execute-node-button').click();
					return await inTime(until('the second answers', () => Promise.resolve(sent().length >= 8 || undefined), 20_000));
				};
				await gesture(until('the second run', execute));
				assert.deepEqual(sent(), [...messages(6), 'row 1', 'row 4']);
				assert.equal(gestures, expected, onError);
			}
		} finally {
			await browser.close();
		}
	});

	// last: every answer above has repeated its token
	test('no token stands in any file of n8n', async () => {
		await stage.server.stop();
		assert.deepEqual(await filesWithSecrets(dirname(stage.server.logFile), [OLD_TOKEN, NEW_TOKEN]), []);
	});
});
