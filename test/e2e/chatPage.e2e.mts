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
		// by its text: the page puts a message of dots behind the answer while the run goes on
		const answer = page.locator('.chat-message-from-bot').filter({ hasText: 'You said:' });
		const early = await answer.innerText();
		assert.ok(!early.includes('three'), `the first text seen was already whole: ${early}`);
		await answer.filter({ hasText: 'You said: one two three' }).waitFor();
		await stage.client.deactivate(id);
	});

	test('a person approves or declines in human-review.json before the agent acts', async () => {
		const example = withCredential(await readExample('human-review.json'), stage.credential);
		const { id } = await stage.client.createWorkflow(example);
		await stage.client.activate(id);
		const page = await openPage(browser);
		const url = `${stage.server.url}/webhook/${example.nodes.find(({ webhookId }) => webhookId)!.webhookId}/chat`;
		await until('the chat page', async () => ((await fetch(url)).ok ? true : undefined));
		const chats = () => stage.sandbox.actions.filter(({ name }) => name === 'openclaw_chat_completion');
		for (const [button, answer, sent] of [
			['Decline', 'Declined: nothing was done.', 1],
			['Approve', 'Do now what you said', 2],
		] as const) {
			const before = chats().length;
			await page.goto(url);
			await page.locator('textarea').fill('Clean up my inbox');
			await page.keyboard.press('Enter');
			const choice = page
				.getByRole('button', { name: button })
				.or(page.getByText(button, { exact: true }))
				.first();
			await choice.waitFor();
			assert.equal(chats().length, before + 1);
			await choice.click();
			await page.getByText(answer).first().waitFor();
			const keys = chats()
				.slice(before)
				.map(({ body }) => body.session_key);
			assert.equal(keys.length, sent);
			assert.equal(new Set(keys).size, 1);
		}
		const executions = await until('the ends of both', async () => {
			const all = await stage.client.executions(id);
			return all.every(({ status }) => status === 'success') ? all : undefined;
		});
		assert.equal(executions.length, 2);
		await stage.client.deactivate(id);
	});
});
