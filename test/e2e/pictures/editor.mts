import { type Browser, type Locator, type Page, selectors } from 'playwright-core';

import type { WorkflowJson } from '../../../scripts/n8n/client.mts';
import { openPage } from '../browser.mts';
import { OWNER, type Stage } from '../support.mts';

selectors.setTestIdAttribute('data-test-id');

/** n8n's editor in a browser, as a person uses it. */
export class Editor {
	private constructor(
		readonly stage: Stage,
		readonly page: Page,
	) {}

	/** Signs in as the owner of the stage's n8n. */
	static async open(stage: Stage, browser: Browser): Promise<Editor> {
		const page = await openPage(browser);
		await page.goto(`${stage.server.url}/signin`);
		await page.locator('input[name="emailOrLdapLoginId"]').fill(OWNER.email);
		await page.locator('input[name="password"]').fill(OWNER.password);
		await page.getByTestId('form-submit-button').click();
		await page.waitForURL((url) => !url.pathname.startsWith('/signin'));
		return new Editor(stage, page);
	}

	/** Saves a workflow and opens it; gives its id. */
	async show(workflow: WorkflowJson): Promise<string> {
		const { id } = await this.stage.client.createWorkflow(workflow);
		await this.page.goto(`${this.stage.server.url}/workflow/${id}`);
		await this.node().first().waitFor();
		await this.clear();
		await this.page.waitForTimeout(1_000);
		return id;
	}

	/** Takes away what floats over what a picture should show; what is clear is still clicked. */
	async clear(): Promise<void> {
		const floating = ['[data-test-id="floating-nodes"]', '[data-test-id="canvas-controls"]', '[class*="executionButtons"]'];
		await this.page.addStyleTag({ content: `${floating.join(', ')} { opacity: 0 }` });
	}

	/** The nodes on the canvas, or the one of that name. */
	node(name?: string): Locator {
		return this.page.locator(`[data-test-id="canvas-node"]${name === undefined ? '' : `[data-node-name="${name}"]`}`);
	}

	/** The canvas around everything on it. */
	get canvas(): Locator {
		return this.page.locator('[data-test-id="canvas-node"], [data-test-id="sticky"], [data-test-id="canvas-node"] + div');
	}

	/** The panel that is open. */
	get openPanel(): Locator {
		return this.page.getByTestId('ndv');
	}

	/** Opens the panel of a node. */
	async panel(name = 'Agent.ai'): Promise<void> {
		await this.node(name).dblclick();
		await this.page.getByTestId('node-parameters').waitFor();
		await this.page.waitForTimeout(1_000);
	}

	/** Runs the whole workflow and waits for its end; what n8n says in the corner is closed. */
	async run(): Promise<void> {
		await this.start();
		await this.ended();
	}

	async start(): Promise<void> {
		await this.page.getByTestId('execute-workflow-button').first().click();
	}

	async ended(): Promise<void> {
		await this.page
			.getByText(/Workflow executed successfully|Problem in node|Error in/)
			.first()
			.waitFor({ timeout: 60_000 });
		await this.page.waitForTimeout(500);
		await this.closeNotices();
		await this.page.waitForTimeout(700);
	}

	async closeNotices(): Promise<void> {
		for (const close of await this.page.locator('.el-notification__closeBtn').all()) await close.click().catch(() => undefined);
	}
}
