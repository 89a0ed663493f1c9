import { readExample, withCredential } from '../../../scripts/examples.mts';
import type { WorkflowJson } from '../../../scripts/n8n/client.mts';
import { agentAiNode, chain, node } from '../support.mts';
import { Film, inTheme, shoot, THEMES } from './camera.mts';
import type { Editor } from './editor.mts';

/** What each picture shows, by its name; a README's picture is taken here or not at all. */
export const SCENES: Record<string, (editor: Editor) => Promise<void>> = {
	batch: async (editor) => {
		for (const theme of THEMES) {
			await editor.show(withRows(await example(editor, 'scheduled-batch.json'), 24));
			await inTheme(editor.page, theme);
			const film = await Film.of(editor.page, { elements: editor.canvas, margin: 24, ...HANGING });
			await film.hold(1_500);
			await editor.start();
			await editor.page.mouse.move(2, 2);
			await film.until(editor.ended());
			await film.hold(4_000);
			await film.save('batch', theme, 900);
		}
		await inTheme(editor.page, 'light');
	},

	'panel-batch': async (editor) => {
		await editor.show(withRows(await example(editor, 'scheduled-batch.json'), 24));
		await editor.run();
		await editor.panel();
		await shoot(editor.page, 'panel-batch', { elements: editor.openPanel, margin: 0 });
	},

	search: async (editor) => {
		await editor.show({ name: 'New workflow', ...chain(trigger()) });
		await editor.page.getByTestId('node-creator-plus-button').click();
		await editor.page.getByTestId('node-creator-search-bar').fill('openclaw');
		await editor.page.waitForTimeout(800);
		await shoot(editor.page, 'search', { elements: editor.page.getByTestId('node-creator'), margin: 0, height: 290 });
	},

	'first-prompt': async (editor) => {
		await editor.show(await example(editor, 'single-prompt.json'));
		await editor.run();
		await editor.panel();
		await shoot(editor.page, 'first-prompt', { elements: editor.openPanel, margin: 0 });
	},

	'failed-run': async (editor) => {
		const failing = agentAiNode(editor.stage, { message: 'Let the gateway refuse this' });
		await editor.show({ name: 'Failed run', ...chain(trigger(), { ...failing, position: [240, 0] }) });
		await editor.run();
		await editor.panel();
		await shoot(editor.page, 'failed-run', { elements: editor.page.getByTestId('output-panel'), margin: 0, height: 400 });
	},

	morning: async (editor) => {
		const id = await editor.show(await example(editor, 'nightly-batch.json'));
		for (const name of ['Fill with samples', 'Every night']) await editor.stage.client.run(id, name);
		await editor.page.reload();
		await editor.node().first().waitFor();
		await editor.clear();
		await editor.page.waitForTimeout(1_500);
		await shoot(editor.page, 'morning', { elements: editor.canvas, ...HANGING });
	},

	'fill-table': async (editor) => {
		const { client } = editor.stage;
		const written = await client.createWorkflow(await example(editor, 'fill-table-write.json'));
		await client.activate(written.id);
		const workflow = await example(editor, 'fill-table.json');
		await client.run((await client.createWorkflow(workflow)).id, 'Fill with samples');
		// the night alone, started by hand: the editor shows what it has run itself
		const nodes = workflow.nodes
			.filter(({ position }) => position?.[1] === 0)
			.map((each) => {
				if (each.name === 'Every night') return { ...trigger(), name: each.name, position: each.position };
				return each.name === 'Fill Columns' ? { ...each, parameters: handingOver(each.parameters, written.id) } : each;
			});
		const connections = Object.fromEntries(
			Object.entries(workflow.connections).filter(([from]) => nodes.some(({ name }) => name === from)),
		);
		await editor.show({ ...workflow, nodes, connections });
		await editor.run();
		await editor.panel('Write Back');
		await shoot(editor.page, 'fill-table', { elements: editor.page.getByTestId('output-panel'), margin: 0, height: 420 });
	},

	'action-fields': async (editor) => {
		const action = {
			resource: 'action',
			operation: 'run',
			actionName: { __rl: true, mode: 'list', value: 'sandbox_search', cachedResultName: 'Sandbox Search (sandbox_search)' },
			inputsMode: 'fields',
			inputs: { mappingMode: 'defineBelow', value: { query: 'n8n', results: 5, output_variable_name: 'search' } },
			message: undefined,
		};
		await editor.show({ name: 'Another action', ...chain(trigger(), { ...agentAiNode(editor.stage, action), position: [240, 0] }) });
		await editor.panel();
		const { page } = editor;
		await page.getByText('Output Variable Name').first().waitFor();
		await page.waitForTimeout(800);
		await shoot(page, 'action-fields', { elements: page.getByTestId('node-parameters'), margin: 0 });
	},

	'agent-fields': async (editor) => {
		const { page } = editor;
		const parameters = { resource: 'agent', operation: 'run', message: undefined };
		await editor.show({ name: 'An agent', ...chain(trigger(), { ...agentAiNode(editor.stage, parameters), position: [240, 0] }) });
		await editor.panel();
		await page.getByTestId('rlc-input').first().click();
		await page.getByTestId('rlc-search').last().fill('scout');
		await page.getByTestId('rlc-item').filter({ hasText: 'Lead Scout' }).last().click();
		await page.getByText('Remarks for the agent').first().waitFor();
		await page.waitForTimeout(800);
		await shoot(page, 'agent-fields', { elements: page.getByTestId('node-parameters'), margin: 0 });
	},

	tools: async (editor) => {
		await editor.show(await withOpenAi(editor, await example(editor, 'agent-with-openclaw-tools.json')));
		await shoot(editor.page, 'tools', { elements: editor.canvas, ...HANGING });
	},

	'chat-model': async (editor) => {
		await editor.show(await example(editor, 'chain-on-openclaw.json'));
		await editor.run();
		await shoot(editor.page, 'chat-model', { elements: editor.canvas, ...HANGING });
	},

	'live-chat': async (editor) => {
		const { page, stage } = editor;
		const workflow = await example(editor, 'live-chat.json');
		const { id } = await stage.client.createWorkflow(workflow);
		await stage.client.activate(id);
		const url = `${stage.server.url}/webhook/${workflow.nodes.find(({ webhookId }) => webhookId)!.webhookId!}/chat`;
		while (!(await fetch(url)).ok) await page.waitForTimeout(100);
		const viewport = page.viewportSize()!;
		await page.setViewportSize({ width: 760, height: 640 });
		await page.goto(url);
		await page.locator('textarea').fill('Write a one-line greeting for Ada');
		await page.keyboard.press('Enter');
		await page.locator('.chat-message-from-bot').nth(1).waitFor();
		await page.waitForTimeout(3_000);
		await shoot(page, 'live-chat', { elements: page.locator('body'), margin: 0, themes: ['light'] });
		await stage.client.deactivate(id);
		await page.setViewportSize(viewport);
	},

	credential: async (editor) => {
		const { page, stage } = editor;
		await page.goto(`${stage.server.url}/home/credentials`);
		await page.getByText('Sandbox', { exact: true }).first().click();
		const dialog = page.getByTestId('editCredential-modal');
		await dialog.waitFor();
		await page.getByText('Connection tested successfully').waitFor();
		await page.waitForTimeout(500);
		await shoot(page, 'credential', { elements: dialog, margin: 0 });
	},
};

/** The names below the nodes, and the connection that leads on. */
const HANGING = { below: 56, right: 72 };

const trigger = () => node('When clicking Execute workflow', 'n8n-nodes-base.manualTrigger', {}, { position: [0, 0] });

async function example(editor: Editor, name: string): Promise<WorkflowJson> {
	return withCredential(await readExample(name), editor.stage.credential);
}

/** The node's parameters with the workflow chosen that answers are handed over to. */
const handingOver = (parameters: WorkflowJson['nodes'][number]['parameters'], workflowId: string) => ({
	...parameters,
	options: { ...(parameters.options as object), handOverTo: { __rl: true, mode: 'list', value: workflowId, cachedResultName: 'Write' } },
});

const NAMES = ['Ada', 'Grace', 'Linus', 'Margaret', 'Alan', 'Barbara', 'Dennis', 'Edsger', 'Frances', 'Guido', 'Hedy', 'Ken'];

/** The example with more rows, some of them without a prompt. */
function withRows(workflow: WorkflowJson, count: number): WorkflowJson {
	const rows = Array.from({ length: count }, (_, index) => {
		const customer = NAMES[index % NAMES.length]!;
		return { customer, prompt: index % 9 === 8 ? '' : `Write a one-line greeting for ${customer}` };
	});
	const nodes = workflow.nodes.map((each) =>
		each.name === 'Rows' ? { ...each, parameters: { ...each.parameters, jsonOutput: JSON.stringify({ rows }) } } : each,
	);
	return { ...workflow, nodes };
}

/** The example with a credential for its chat model, so that n8n does not warn of a missing one. */
async function withOpenAi(editor: Editor, workflow: WorkflowJson): Promise<WorkflowJson> {
	const { id, name } = await editor.stage.client.request<{ id: string; name: string }>('POST', '/rest/credentials', {
		name: 'OpenAI',
		type: 'openAiApi',
		data: { apiKey: 'none', url: editor.stage.sandbox.baseUrl, header: false },
	});
	const nodes = workflow.nodes.map((each) =>
		each.type.endsWith('.lmChatOpenAi') ? { ...each, credentials: { openAiApi: { id, name } } } : each,
	);
	return { ...workflow, nodes };
}
