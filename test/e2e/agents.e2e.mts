import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';

import type { Browser, Page } from 'playwright-core';

import { AgentAi } from '../../nodes/AgentAi/AgentAi.node.ts';
import { type Execution, nodeRuns, outputOf, type SavedWorkflow, type WorkflowNode } from '../../scripts/n8n/client.mts';
import { launchBrowser } from './browser.mts';
import { activateChat, say } from './chats.mts';
import { type FileHost, startFileHost } from './fileHost.mts';
import { NodeCatalogue } from './nodeCatalogue.mts';
import { Editor } from './pictures/editor.mts';
import { startScriptedOpenAi } from './scriptedOpenAi.mts';
import { AGENT_AI, chain, node, openStage, rowNodes, type Stage } from './support.mts';

const [LIMIT, WINDOW_MS] = [20, 3_000];

const fromList = (value: string, cachedResultName: string) => ({ __rl: true, mode: 'list', value, cachedResultName });
const LEAD_SCOUT = fromList('sc0ut01', 'Lead Scout');
const HOUSE_RULES = fromList('kn0w02', 'House Rules');

/** Fields of n8n's resource mapper, as the editor saves them for texts. */
const below = (value: Record<string, unknown>, names = Object.keys(value)) => ({
	mappingMode: 'defineBelow',
	value,
	matchingColumns: [],
	schema: names.map((id) => ({
		id,
		displayName: id,
		required: false,
		defaultMatch: false,
		display: true,
		type: 'string',
		readOnly: false,
		removed: false,
	})),
	attemptToConvertTypes: false,
	convertFieldsToString: false,
});

describe('agents of agent.ai in a real n8n', () => {
	let stage: Stage;
	let openAi: Awaited<ReturnType<typeof startScriptedOpenAi>>;
	let files: FileHost;

	before(async () => {
		[openAi, files] = [await startScriptedOpenAi(), await startFileHost()];
		stage = await openStage({ rateLimit: LIMIT, rateWindowMs: WINDOW_MS, filesUrl: files.url }, files.env);
	});

	after(async () => {
		await stage.close();
		await openAi.close();
		await files.close();
	});

	beforeEach(() => {
		stage.sandbox.actions.length = 0;
		stage.sandbox.agents.runs.length = 0;
		openAi.toolAnswers.length = 0;
	});

	const trigger = () => node('Start', 'n8n-nodes-base.manualTrigger', {}, { position: [0, 0] });
	/** The node as it runs an agent. */
	const runAgent = (parameters: Record<string, unknown> = {}, extra: Partial<WorkflowNode> = {}): WorkflowNode =>
		node(
			'Agent.ai',
			AGENT_AI,
			{ resource: 'agent', operation: 'run', ...parameters },
			{ credentials: { agentAiApi: stage.credential }, position: [240, 0], ...extra },
		);
	const over = async (rows: object[], parameters: Record<string, unknown>): Promise<SavedWorkflow> =>
		await stage.client.createWorkflow({ name: 'agents', ...chain(trigger(), ...rowNodes(rows), runAgent(parameters)) });
	const answers = (execution: Execution) => outputOf(execution, 'Agent.ai');
	const bodies = () => stage.sandbox.actions.filter(({ name }) => name === 'invoke_agent').map(({ body }) => body);

	describe('in the editor', () => {
		let browser: Browser;
		let editor: Editor;
		let page: Page;

		before(async () => {
			browser = await launchBrowser();
			editor = await Editor.open(stage, browser);
			({ page } = editor);
		});

		after(async () => {
			await browser.close();
		});

		/** Opens the list of agents, searches it, and chooses the one that is found. */
		async function choose(search: string, name: string): Promise<void> {
			await page.getByTestId('rlc-input').first().click();
			await page.getByTestId('rlc-search').last().fill(search);
			await page.getByTestId('rlc-item').filter({ hasText: name }).last().click();
		}

		test('an agent is searched at the server and chosen, its inputs appear, and the step sends them', async () => {
			await editor.show({ name: 'choose an agent', ...chain(trigger(), runAgent()) });
			await editor.panel();
			const parameters = page.getByTestId('node-parameters');
			assert.equal(await parameters.getByText('Message', { exact: true }).count(), 0);
			await choose('scout', 'Lead Scout');
			for (const label of ['Company name', 'Market', 'How much detail', 'Remarks for the agent']) {
				await parameters.getByText(label, { exact: true }).first().waitFor();
			}
			assert.equal(await parameters.getByText('Message', { exact: true }).count(), 0);
			const searched = stage.sandbox.actions.filter(({ name }) => name === 'search').map(({ body }) => body);
			assert.ok(
				searched.some(({ query }) => query === 'scout'),
				JSON.stringify(searched),
			);
			await page.getByTestId('parameter-input-company').locator('input').fill('Acme');
			await page.getByTestId('node-execute-button').first().click();
			await page.getByText('Acme sells to EU').first().waitFor();
			assert.deepEqual(bodies(), [{ id: 'sc0ut01', company: 'Acme', market: 'EU', detail: 'short' }]);
		});

		test('an agent without inputs gets a Message in their place', async () => {
			await editor.show({ name: 'a knowledge agent', ...chain(trigger(), runAgent()) });
			await editor.panel();
			await choose('handbook', 'House Rules');
			const parameters = page.getByTestId('node-parameters');
			await parameters.getByText('This agent has no inputs of its own: give it a Message').waitFor();
			await parameters.getByText('Message', { exact: true }).first().waitFor();
			assert.equal(await parameters.getByText('This agent has no inputs', { exact: true }).count(), 0);
		});
	});

	test('50 rows over one agent keep to the limit, each once, in their order', async () => {
		const rows = Array.from({ length: 50 }, (_, row) => ({ firm: `Firm ${row}` }));
		const { id } = await over(rows, { agent: LEAD_SCOUT, inputs: below({ company: '={{ $json.firm }}', market: 'US' }) });
		const { windows, refused } = stage.sandbox.rateLimit!;
		const execution = await stage.client.run(id, 'Start');
		assert.equal(execution.status, 'success');
		assert.deepEqual(
			answers(execution).map(({ response }) => (response as { profile: string }).profile),
			rows.map(({ firm }) => `${firm} sells to US (short)`),
		);
		assert.equal(stage.sandbox.agents.runs.length, 50);
		assert.ok(stage.sandbox.rateLimit!.refused - refused <= 1, `${stage.sandbox.rateLimit!.refused - refused} were refused`);
		assert.ok(windows.every(({ used }) => used <= LIMIT));
	});

	test('a conversation over three rows: each goes on where the one before it ended', async () => {
		const rows = ['Is there a quiet hour?', 'On Sundays too?', 'Who decides that?'].map((question) => ({ question }));
		const { id } = await over(rows, {
			agent: HOUSE_RULES,
			inputs: below({}),
			user_input: '={{ $json.question }}',
			options: { run_id: 'visitor-7', maxConcurrency: 3 },
		});
		const execution = await stage.client.run(id, 'Start');
		assert.deepEqual(
			answers(execution).map(({ response, run_id }) => [response, run_id]),
			rows.map(({ question }, row) => [`Rule ${row + 1}: ${question}`, 'visitor-7']),
		);
		assert.equal(stage.sandbox.agents.mostAtOnce.get('visitor-7'), 1);
	});

	test('a workflow that was saved before its agent gained an input and lost another goes on', async () => {
		const scout = stage.sandbox.agents.find('sc0ut01')!;
		const { id } = await over([{ company: 'Acme', remarks: 'none', motto: 'loud', owner: 'Ada' }], {
			agent: LEAD_SCOUT,
			inputs: below({ company: '={{ $json.company }}', remarks: '={{ $json.remarks }}' }, ['company', 'market', 'detail', 'remarks']),
		});
		const mapped = await over([{ company: 'Acme', remarks: 'none', motto: 'loud', owner: 'Ada' }], {
			agent: { __rl: true, mode: 'id', value: 'lead-scout' },
			inputs: { ...below({}), mappingMode: 'autoMapInputData', value: null },
		});
		const before = { inputs: { ...scout.inputs }, required: scout.required };
		try {
			scout.inputs = { company: before.inputs.company!, motto: { type: 'string', description: 'Motto' } };
			scout.required = ['company'];
			assert.equal((await stage.client.run(id, 'Start')).status, 'success');
			// what is mapped by name follows the agent as it is now
			assert.equal((await stage.client.run(mapped.id, 'Start')).status, 'success');
			assert.deepEqual(bodies(), [
				{ id: 'sc0ut01', company: 'Acme', remarks: 'none' },
				{ id: 'lead-scout', company: 'Acme', motto: 'loud' },
			]);
		} finally {
			Object.assign(scout, before);
		}
	});

	test('ten generated images become binary data, without any token, and the answer stays', async () => {
		const { id } = await over([{ what: 'a lighthouse' }], {
			agent: fromList('p1ctur09', 'Picture Maker'),
			inputs: below({ prompt: '={{ $json.what }}', pictures: '10' }),
			options: { downloadFiles: true },
		});
		files.asked.length = 0;
		const execution = await stage.client.run(id, 'Start');
		assert.equal(execution.status, 'success');
		const [item] = (nodeRuns(execution, 'Agent.ai').at(-1)?.data?.main?.[0] ?? []) as {
			binary?: Record<string, Record<string, unknown>>;
		}[];
		assert.deepEqual(
			Object.values(item?.binary ?? {}).map(({ fileName, mimeType }) => [fileName, mimeType]),
			Array.from({ length: 10 }, (_, picture) => [`${picture + 1}.png`, 'image/png']),
		);
		const [{ response, metadata, files_not_downloaded }] = answers(execution) as [Record<string, unknown>];
		assert.match(response as string, /^<img src="https:\/\/files\.example\.com\/1\.png">/);
		assert.equal((metadata as { images: unknown[] }).images.length, 10);
		assert.equal(files_not_downloaded, undefined);
		assert.equal(files.asked.length, 10);
		assert.ok(files.asked.every(({ headers }) => headers.authorization === undefined));
	});

	describe('as a tool', () => {
		/** The node as a tool whose inputs the model fills in. */
		const filledByModel = () => ({
			resource: 'agent',
			operation: 'run',
			agent: LEAD_SCOUT,
			inputs: below({ company: "={{ $fromAI('company', 'Name of the company', 'string') }}", market: 'EU' }),
		});

		test('of n8n’s AI Agent: the model fills in the inputs, and reads the answer', async () => {
			const model = await stage.client.request<{ id: string; name: string }>('POST', '/rest/credentials', {
				name: 'Scripted',
				type: 'openAiApi',
				data: { apiKey: 'scripted', url: openAi.url, header: false },
			});
			const chat = node(
				'Chat',
				'@n8n/n8n-nodes-langchain.chatTrigger',
				{ public: true, mode: 'webhook', options: { responseMode: 'lastNode' } },
				{ typeVersion: 1.3, webhookId: 'replaced' },
			);
			const agent = node('AI Agent', '@n8n/n8n-nodes-langchain.agent', { options: {} }, { typeVersion: 3.1 });
			const chatModel = node(
				'Chat Model',
				'@n8n/n8n-nodes-langchain.lmChatOpenAi',
				{ model: { __rl: true, mode: 'id', value: 'scripted' }, responsesApiEnabled: false, options: {} },
				{ typeVersion: 1.3, credentials: { openAiApi: { id: model.id, name: model.name } } },
			);
			const tool = node('Look Up', `${AGENT_AI}Tool`, filledByModel(), { credentials: { agentAiApi: stage.credential } });
			const { id, chat: url } = await activateChat(stage, {
				name: 'an agent as a tool',
				nodes: [chat, agent, chatModel, tool],
				connections: {
					Chat: { main: [[{ node: 'AI Agent', type: 'main', index: 0 }]] },
					'Chat Model': { ai_languageModel: [[{ node: 'AI Agent', type: 'ai_languageModel', index: 0 }]] },
					'Look Up': { ai_tool: [[{ node: 'AI Agent', type: 'ai_tool', index: 0 }]] },
				},
			});
			assert.match(await (await say(url, 'use Look_Up')).text(), /asked by the model sells to EU/);
			assert.deepEqual(bodies(), [{ id: 'sc0ut01', company: 'asked by the model', market: 'EU' }]);
			await stage.client.deactivate(id);
		});

		test('with the nodes to which n8n’s builder is pointed: each is there', async () => {
			const types = await NodeCatalogue.read(stage.client);
			const { builderHint } = new AgentAi().description;
			const related = (builderHint?.relatedNodes ?? []) as { nodeType: string }[];
			assert.ok(related.length > 0);
			for (const { nodeType } of related) assert.ok(types.names(nodeType).includes(nodeType), nodeType);
		});

		test('of n8n’s own Agents', async () => {
			const { id: projectId } = await stage.client.request<{ id: string }>('GET', '/rest/projects/personal');
			const model = await stage.client.request<{ id: string }>('POST', '/rest/credentials', {
				name: 'Scripted agents',
				type: 'deepSeekApi',
				data: { apiKey: 'scripted', url: openAi.url },
			});
			const agents = `/rest/projects/${projectId}/agents/v2`;
			const { id } = await stage.client.request<{ id: string }>('POST', agents, { name: 'Researcher' });
			const { configHash } = await stage.client.request<{ configHash: string | null }>('GET', `${agents}/${id}/config`);
			const lookUp = {
				nodeType: AGENT_AI,
				nodeTypeVersion: 1,
				nodeParameters: filledByModel(),
				credentials: { agentAiApi: stage.credential },
			};
			await stage.client.request('PUT', `${agents}/${id}/config`, {
				baseConfigHash: configHash,
				config: {
					name: 'Researcher',
					model: 'deepseek/scripted',
					credential: model.id,
					instructions: 'Look companies up.',
					tools: [{ type: 'node', name: 'Look Up', description: 'Looks a company up', node: lookUp }],
				},
			});
			const told = await stage.client.requestText('POST', `${agents}/${id}/chat`, { message: 'use Look_Up' });
			assert.deepEqual(bodies(), [{ id: 'sc0ut01', company: 'asked by the model', market: 'EU' }], told);
			assert.match(openAi.toolAnswers.join(), /asked by the model sells to EU/);
		});
	});
});
