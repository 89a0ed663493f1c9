import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import type { Browser } from 'playwright-core';

import { readExample, withCredential } from '../../scripts/examples.mts';
import { launchBrowser, openPage } from './browser.mts';
import { openStage, type Stage, until } from './support.mts';

describe('n8n’s hosted chat page, in a real browser', () => {
	let stage: Stage;
	let browser: Browser;

	before(async () => {
		stage = await openStage({ pieceDelayMs: 300 });
		browser = await launchBrowser();
	});

	after(async () => {
		await browser.close();
		await stage.close();
	});

	test('the answer grows on the page while the agent writes it', async () => {
		const example = withCredential(await readExample('live-chat.json'), stage.credential);
		const { id } = await stage.client.createWorkflow(example);
		await stage.client.activate(id);
		const page = await openPage(browser);
		const url = `${stage.server.url}/webhook/${example.nodes.find(({ webhookId }) => webhookId)!.webhookId}/chat`;
		await until('the chat page', async () => ((await fetch(url)).ok ? true : undefined));
		await page.goto(url);
		await page.locator('textarea').fill('one two three');
		await page.keyboard.press('Enter');
		const answer = page.locator('.chat-message-from-bot').last();
		await page.getByText('You said:').first().waitFor();
		const early = await answer.innerText();
		await page.getByText('one two three').nth(1).waitFor();
		assert.ok(!early.includes('three'), `the first text seen was already whole: ${early}`);
		assert.match(await answer.innerText(), /You said: one two three/);
		await stage.client.deactivate(id);
	});
});
