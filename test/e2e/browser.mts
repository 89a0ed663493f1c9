import { existsSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { type Browser, chromium, type Page } from 'playwright-core';

import { LOCAL } from '../../scripts/paths.mts';
import { runStep } from '../../scripts/run.mts';

/** Debian's Chromium; playwright-core brings no browser of its own. */
const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

export const VIEWPORT = { width: 1440, height: 860 };

/** @throws Error that says how to get a browser, where there is none */
export async function launchBrowser(): Promise<Browser> {
	if (!existsSync(CHROMIUM)) {
		throw new Error(
			`There is no Chromium at ${CHROMIUM}. Install it (on Debian: apt-get install chromium), or name yours in CHROMIUM_PATH`,
		);
	}
	return await chromium.launch({
		executablePath: CHROMIUM,
		args: [
			'--no-sandbox',
			'--disable-gpu',
			'--no-first-run',
			'--disable-background-networking',
			'--disable-component-update',
			'--disable-sync',
		],
	});
}

/** That of Chromium with a window: n8n takes a headless browser for a robot, whose clicks approve nothing. */
const USER_AGENT = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';

/** The chat that n8n's hosted page shows; the page loads the newest from a public CDN. */
const CHAT = '@n8n/chat@1.37.0';

/** Fetches the chat's package from npm, once, without its dependencies: its bundle holds them. */
async function chatPackage(): Promise<string> {
	// below node_modules, where no linter looks
	const folder = join(LOCAL, 'node_modules', '@n8n', 'chat');
	const known = await readdir(folder).catch(() => []);
	if (known.length === 0) {
		await mkdir(folder, { recursive: true });
		await runStep('Downloading n8n’s chat', 'npm', ['pack', CHAT, '--pack-destination', LOCAL], { cwd: LOCAL });
		const tarball = (await readdir(LOCAL)).find((name) => name.startsWith('n8n-chat-'));
		await runStep('Unpacking it', 'tar', ['-xzf', join(LOCAL, tarball ?? ''), '-C', folder, '--strip-components=1']);
	}
	return folder;
}

/**
 * A page that reaches nothing but this machine: what n8n's chat page loads from a public CDN comes from npm's copy of
 * the same package, and what else is asked for fails at once instead of hanging.
 */
export async function openPage(browser: Browser): Promise<Page> {
	const context = await browser.newContext({ viewport: VIEWPORT, colorScheme: 'light', deviceScaleFactor: 2, userAgent: USER_AGENT });
	await context.route('**/*', async (route) =>
		/^(http:\/\/127\.0\.0\.1|data:|blob:)/.test(route.request().url()) ? await route.continue() : await route.abort(),
	);
	const chat = await chatPackage();
	await context.route('https://cdn.jsdelivr.net/npm/**', async (route) => {
		const [, file] = /@n8n\/chat\/(dist\/.+)$/.exec(new URL(route.request().url()).pathname) ?? [];
		const headers = { 'access-control-allow-origin': '*' };
		// the rest is a style sheet that takes the browser's margins away
		const reset = { body: 'body { margin: 0 }', contentType: 'text/css', headers };
		await route.fulfill(file ? { path: join(chat, file), headers } : reset);
	});
	const page = await context.newPage();
	page.setDefaultTimeout(60_000);
	// the first page of a fresh n8n, on a busy machine
	page.setDefaultNavigationTimeout(120_000);
	return page;
}
