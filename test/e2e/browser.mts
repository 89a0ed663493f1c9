import { join } from 'node:path';

import { type Browser, chromium, type Page } from 'playwright-core';

import { ROOT } from '../../scripts/paths.mts';

/** Debian's Chromium; playwright-core brings no browser of its own. */
const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

export const VIEWPORT = { width: 1440, height: 900 };

export async function launchBrowser(): Promise<Browser> {
	return await chromium.launch({
		executablePath: CHROMIUM,
		args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
	});
}

/**
 * A page that reaches nothing but this machine: what n8n's chat page loads from a public CDN comes from npm's copy of
 * the same packages, and what else is asked for fails at once instead of hanging.
 */
export async function openPage(browser: Browser): Promise<Page> {
	const context = await browser.newContext({ viewport: VIEWPORT, colorScheme: 'light' });
	await context.route('**/*', async (route) =>
		/^(http:\/\/127\.0\.0\.1|data:|blob:)/.test(route.request().url()) ? await route.continue() : await route.abort(),
	);
	await context.route('https://cdn.jsdelivr.net/npm/**', async (route) => {
		const path = new URL(route.request().url()).pathname.replace('/npm/', '').replace(/(?<=.)@[\d.]+\//, '/');
		await route.fulfill({ path: join(ROOT, 'node_modules', path.replace('.min.css', '.css')), headers: { 'access-control-allow-origin': '*' } });
	});
	const page = await context.newPage();
	page.setDefaultTimeout(30_000);
	return page;
}
