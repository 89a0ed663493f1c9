import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import type { Browser, Locator } from 'playwright-core';

import { launchBrowser } from './browser.mts';
import { Editor } from './pictures/editor.mts';
import { API_TOKEN, openStage, type Stage } from './support.mts';

describe('the first hour, in the editor of a fresh n8n', () => {
	let stage: Stage;
	let browser: Browser;

	before(async () => {
		stage = await openStage();
		await stage.client.request('DELETE', `/rest/credentials/${stage.credential.id}`);
		browser = await launchBrowser();
	});

	after(async () => {
		await browser.close();
		await stage.close();
	});

	test('from an empty workflow to the first answer: 6 clicks and 3 fields', async () => {
		const { page } = await Editor.open(stage, browser);
		let [clicks, fields] = [0, 0];
		const click = async (what: Locator) => {
			clicks++;
			await what.click();
		};
		const fill = async (field: Locator, text: string) => {
			fields++;
			await field.fill(text);
		};
		await page.goto(`${stage.server.url}/workflow/new`);
		await click(page.getByTestId('canvas-add-button'));
		await fill(page.getByTestId('node-creator-search-bar'), 'openclaw');
		await click(page.getByTestId('node-creator-item-name').filter({ hasText: /^\s*Agent\.ai\s*$/ }));
		await click(page.getByText('Chat with OpenClaw agent'));
		await click(page.getByText('Connect to Agent.ai'));
		const dialog = page.getByTestId('editCredential-modal');
		// the sandbox's address, which nobody enters who has an account
		await dialog.getByTestId('parameter-input-baseUrl').locator('input').fill(stage.sandbox.baseUrl);
		await fill(dialog.getByTestId('parameter-input-apiToken').locator('input'), API_TOKEN);
		await click(page.getByTestId('credential-save-button'));
		// n8n tests it, and closes the dialog if all is well
		await dialog.waitFor({ state: 'hidden' });
		await fill(page.getByTestId('parameter-input-message').locator('textarea').first(), 'Hello from a newcomer');
		await click(page.getByTestId('node-execute-button'));
		await page.getByTestId('output-panel').getByText('You said: Hello from a newcomer').first().waitFor();
		assert.deepEqual([clicks, fields], [6, 3]);
	});
});
