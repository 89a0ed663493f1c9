/**
 * Takes the pictures in docs/ from the real editor in headless Chromium: the panel new, filled, after a run, after a
 * failed run and in the dark theme, the canvas, and the credential. Fails when a picture cannot be taken.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { type Browser, type Page, selectors } from 'playwright-core';

import { readExample, withCredential } from '../../scripts/examples.mts';
import type { WorkflowJson } from '../../scripts/n8n/client.mts';
import { buildAndPack } from '../../scripts/pack.mts';
import { ROOT } from '../../scripts/paths.mts';
import { launchBrowser, openPage, VIEWPORT } from './browser.mts';
import { agentAiNode, chain, node, openStage, OWNER, rowNodes, type Stage } from './support.mts';

const FOLDER = join(ROOT, 'docs/pictures');

process.env.AGENT_AI_TARBALL = await buildAndPack();
await mkdir(FOLDER, { recursive: true });
selectors.setTestIdAttribute('data-test-id');

const stage = await openStage({
	quoteSecrets: false,
	latencyMs: 300,
	fault: ({ message }) => (message?.includes('fail') ? 'gateway-401' : undefined),
});
const browser = await launchBrowser();
try {
	await takeAll(stage, browser);
} finally {
	await browser.close();
	await stage.close();
}

async function takeAll(on: Stage, by: Browser): Promise<void> {
	const page = await signIn(on, by);
	const start = () => node('When clicking Execute workflow', 'n8n-nodes-base.manualTrigger', {}, { position: [0, 0] });
	const at = (x: number) => ({ position: [x, 0] as [number, number] });

	await open(page, on, { name: 'New node', ...chain(start(), { ...agentAiNode(on, { message: '' }), ...at(240) }) });
	await panel(page);
	await shoot(page, 'panel-new');

	const filled = {
		message: '=Greet {{ $json.customer }}, in JSON',
		agent_id: { __rl: true, mode: 'id', value: 'research' },
		session_key: { __rl: true, mode: 'id', value: '=customer-{{ $json.id }}' },
		options: { maxConcurrency: 5, requestsPerMinute: 20, parseJson: true, timeout: 600 },
	};
	const rows = ['Ada', 'Grace', 'Linus', 'Margaret'].map((customer, id) => ({ id, customer }));
	const [set, split] = rowNodes(rows);
	await open(page, on, {
		name: 'Filled node',
		...chain(start(), { ...set!, ...at(220) }, { ...split!, ...at(440) }, { ...agentAiNode(on, filled), ...at(660) }),
	});
	await run(page);
	await panel(page);
	await shoot(page, 'panel-after-run');
	await page.getByTestId('node-parameters').hover();
	await page.mouse.wheel(0, 2_000);
	await page.waitForTimeout(300);
	await shoot(page, 'panel-filled');

	await open(page, on, { name: 'Failed node', ...chain(start(), { ...agentAiNode(on, { message: 'Let this fail' }), ...at(240) }) });
	await run(page);
	await panel(page);
	await shoot(page, 'panel-after-failed-run');

	await open(page, on, await batchExample(on));
	await run(page);
	await shoot(page, 'canvas-scheduled-batch');

	const action = {
		resource: 'action',
		operation: 'run',
		actionName: { __rl: true, mode: 'list', value: '', cachedResultName: '' },
		inputsMode: 'fields',
		message: undefined,
	};
	await open(page, on, { name: 'Other action', ...chain(start(), { ...agentAiNode(on, action), ...at(240) }) });
	await panel(page);
	await page.getByTestId('rlc-input').first().click();
	await page.getByText('Sandbox Weather (sandbox_weather)').first().waitFor();
	await shoot(page, 'panel-action-list');
	await page.getByTestId('rlc-search').fill('search the web');
	await page.getByText('Sandbox Search (sandbox_search)').first().click();
	await page.getByText('Output Variable Name').first().waitFor();
	await page.waitForTimeout(500);
	await shoot(page, 'panel-action-fields');

	const tool = {
		operation: 'invokeTool',
		tool: { __rl: true, mode: 'list', value: 'sessions_list', cachedResultName: 'sessions_list' },
		message: undefined,
	};
	await open(page, on, { name: 'Tool', ...chain(start(), { ...agentAiNode(on, tool), ...at(240) }) });
	await run(page);
	await panel(page);
	await shoot(page, 'panel-invoke-tool');

	await open(page, on, withCredential(await readExample('agent-with-openclaw-tools.json'), on.credential));
	await shoot(page, 'canvas-agent-with-tools');

	await open(page, on, withCredential(await readExample('chain-on-openclaw.json'), on.credential));
	await run(page);
	await page.locator('[data-test-id="canvas-node"][data-node-name="OpenClaw Chat Model"]').dblclick();
	await page.getByTestId('node-parameters').waitFor();
	await page.waitForTimeout(1_000);
	await shoot(page, 'panel-chat-model');

	await liveChat(page, on);

	await page.emulateMedia({ colorScheme: 'dark' });
	await page.evaluate("localStorage.setItem('N8N_THEME', 'dark')");
	await open(page, on, {
		name: 'Dark theme',
		...chain(start(), { ...agentAiNode(on, { message: 'Hello from the dark side' }), ...at(240) }),
	});
	await run(page);
	await shoot(page, 'canvas-dark');
	await panel(page);
	await shoot(page, 'panel-dark');

	await page.evaluate("localStorage.removeItem('N8N_THEME')");
	await page.emulateMedia({ colorScheme: 'light' });
	await page.goto(`${on.server.url}/home/credentials`);
	await page
		.getByTestId('resources-list-item')
		.or(page.getByText('Sandbox', { exact: true }))
		.first()
		.click();
	await page.getByTestId('editCredential-modal').waitFor();
	await page.getByText('Connection tested successfully').waitFor();
	await shoot(page, 'credential');
}

/** The hosted chat page after an answer that was streamed into it. */
async function liveChat(page: Page, on: Stage): Promise<void> {
	const example = withCredential(await readExample('live-chat.json'), on.credential);
	const { id } = await on.client.createWorkflow(example);
	await on.client.activate(id);
	await page.waitForTimeout(1_000);
	await page.goto(`${on.server.url}/webhook/${example.nodes.find(({ webhookId }) => webhookId)!.webhookId}/chat`);
	await page.locator('textarea').fill('What can an OpenClaw agent do for me?');
	await page.keyboard.press('Enter');
	await page.getByText('You said:').first().waitFor();
	await page.waitForTimeout(1_500);
	await shoot(page, 'live-chat');
	await on.client.deactivate(id);
	await page.goto(`${on.server.url}/home/workflows`);
}

async function batchExample(on: Stage): Promise<WorkflowJson> {
	return withCredential(await readExample('scheduled-batch.json'), on.credential);
}

async function signIn(on: Stage, by: Browser): Promise<Page> {
	const page = await openPage(by);
	await page.goto(`${on.server.url}/signin`);
	await page.locator('input[name="emailOrLdapLoginId"]').fill(OWNER.email);
	await page.locator('input[name="password"]').fill(OWNER.password);
	await page.getByTestId('form-submit-button').click();
	await page.waitForURL((url) => !url.pathname.startsWith('/signin'));
	return page;
}

async function open(page: Page, on: Stage, workflow: WorkflowJson): Promise<void> {
	const { id } = await on.client.createWorkflow(workflow);
	await page.goto(`${on.server.url}/workflow/${id}`);
	await page.getByTestId('canvas-node').first().waitFor();
	await page.waitForTimeout(1_000);
}

/** Opens the panel of the Agent.ai node. */
async function panel(page: Page): Promise<void> {
	await page.locator('[data-test-id="canvas-node"][data-node-name="Agent.ai"]').dblclick();
	await page.getByTestId('node-parameters').waitFor();
	await page.waitForTimeout(1_000);
}

/** Runs the whole workflow and waits for its end. */
async function run(page: Page): Promise<void> {
	await page.getByTestId('execute-workflow-button').first().click();
	await page
		.getByText(/Workflow executed successfully|Problem in node|Error in/)
		.first()
		.waitFor();
	await page.waitForTimeout(500);
	for (const close of await page.locator('.el-notification__closeBtn').all()) await close.click().catch(() => undefined);
	await page.waitForTimeout(700);
}

async function shoot(page: Page, name: string): Promise<void> {
	await page.mouse.move(VIEWPORT.width - 5, VIEWPORT.height - 5);
	await page.waitForTimeout(300);
	await page.screenshot({ path: join(FOLDER, `${name}.png`) });
	console.log(`docs/pictures/${name}.png`);
}
