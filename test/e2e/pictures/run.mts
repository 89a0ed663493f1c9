/**
 * Takes the pictures in docs/pictures from the real editor in headless Chromium, light and dark: `npm run pictures`, or
 * `npm run pictures -- <name> …` for some. Fails when a picture cannot be taken.
 */
import { execFileSync } from 'node:child_process';

import { DEMO } from '../../../sandbox/demo.mts';
import { packUnlessUnchanged } from '../../../scripts/pack.mts';
import { launchBrowser } from '../browser.mts';
import { openStage } from '../support.mts';
import { Editor } from './editor.mts';
import { SCENES } from './scenes.mts';

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in SCENES));
if (unknown.length > 0) {
	console.error(`There is no picture ${unknown.join(', ')}. There are: ${Object.keys(SCENES).join(', ')}`);
	process.exit(2);
}
if (!fontsWithEmoji()) {
	console.error('No font with emoji is installed, and n8n’s texts use them. On Debian: apt-get install fontconfig fonts-noto-color-emoji');
	process.exit(1);
}

// the newest first: what cannot start ends what was started before it
const running: (() => Promise<void>)[] = [];
try {
	const browser = await launchBrowser();
	running.unshift(async () => await browser.close());
	process.env.AGENT_AI_TARBALL = await packUnlessUnchanged();
	const stage = await openStage({
		...DEMO,
		latencyMs: 900,
		quoteSecrets: false,
		fault: ({ message }) => (message?.includes('refuse') ? 'gateway-401' : undefined),
	});
	running.unshift(async () => await stage.close());
	const editor = await Editor.open(stage, browser);
	for (const [name, take] of Object.entries(SCENES)) if (wanted.length === 0 || wanted.includes(name)) await take(editor);
} catch (error) {
	console.error((error as Error).message);
	process.exitCode = 1;
} finally {
	for (const close of running) await close();
}

/** Whether the system has a font for emoji; macOS always has, and has no `fc-list`. */
function fontsWithEmoji(): boolean {
	if (process.platform === 'darwin') return true;
	try {
		return execFileSync('fc-list', [':lang=und-zsye'], { encoding: 'utf8' }).trim() !== '';
	} catch {
		return false;
	}
}
