import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Locator, Page } from 'playwright-core';
import sharp from 'sharp';

import { ROOT } from '../../../scripts/paths.mts';

const FOLDER = join(ROOT, 'docs/pictures');
/** Space around what a picture shows, in CSS pixels. */
const MARGIN = 16;
/** Pause between two frames of an animation, in ms. */
const FRAME_MS = 250;

export const THEMES = ['light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** What a picture shows: the smallest rectangle around some elements. */
export interface Frame {
	elements: Locator;
	/** Space around them, in CSS pixels; default 16. */
	margin?: number;
	/** More space to the right and below, for what hangs out of the elements. */
	right?: number;
	below?: number;
	/** Cuts the rest of a long element off, in CSS pixels. */
	height?: number;
	/** For pages that have no dark theme. */
	themes?: readonly Theme[];
}

interface Box {
	x: number;
	y: number;
	width: number;
	height: number;
}

/** Shows the editor in a theme; n8n follows the browser's at once. */
export async function inTheme(page: Page, theme: Theme): Promise<void> {
	await page.emulateMedia({ colorScheme: theme });
	await page.waitForTimeout(600);
}

/** Takes a picture in both themes. */
export async function shoot(page: Page, name: string, frame: Frame): Promise<void> {
	await mkdir(FOLDER, { recursive: true });
	await page.mouse.move(2, 2);
	for (const theme of frame.themes ?? THEMES) {
		await inTheme(page, theme);
		await shootOnce(page, name, theme, frame);
	}
	await inTheme(page, 'light');
}

/** Takes one picture as `docs/pictures/<name>-<theme>.png`, with few colours and small. */
async function shootOnce(page: Page, name: string, theme: Theme, frame: Frame): Promise<void> {
	const png = await page.screenshot({ clip: await boxAround(page, frame) });
	await sharp(png)
		.png({ palette: true, colours: 256, effort: 10 })
		.toFile(join(FOLDER, `${name}-${theme}.png`));
	console.log(`docs/pictures/${name}-${theme}.png`);
}

/** A film of what happens until a promise is settled, as `docs/pictures/<name>-<theme>.gif`. */
export class Film {
	private readonly frames: { png: Buffer; ms: number }[] = [];

	constructor(
		private readonly page: Page,
		private readonly clip: Box,
	) {}

	static async of(page: Page, frame: Frame): Promise<Film> {
		return new Film(page, await boxAround(page, frame));
	}

	/** Adds what is to be seen now, for so long. */
	async hold(ms: number): Promise<void> {
		this.frames.push({ png: await this.page.screenshot({ clip: this.clip }), ms });
	}

	/** Films until something is over. */
	async until(over: Promise<unknown>): Promise<void> {
		const state = { over: false };
		const end = over.finally(() => (state.over = true));
		while (!state.over) {
			await this.hold(FRAME_MS);
			await this.page.waitForTimeout(FRAME_MS / 2);
		}
		await end;
	}

	/** Writes the film; frames that show the same as the one before only last longer. */
	async save(name: string, theme: Theme, width: number): Promise<void> {
		await mkdir(FOLDER, { recursive: true });
		const kept: { png: Buffer; ms: number }[] = [];
		for (const { png, ms } of this.frames) {
			const last = kept.at(-1);
			if (last?.png.equals(png)) last.ms += ms;
			else kept.push({ png, ms });
		}
		const small = await Promise.all(kept.map(async ({ png }) => await sharp(png).resize({ width }).png().toBuffer()));
		const gif = await sharp(small, { join: { animated: true } })
			.gif({ delay: kept.map(({ ms }) => ms), loop: 0, effort: 10, colours: 128, interFrameMaxError: 4 })
			.toBuffer();
		await writeFile(join(FOLDER, `${name}-${theme}.gif`), gif);
		console.log(`docs/pictures/${name}-${theme}.gif (${Math.round(gif.length / 1024)} KB, ${kept.length} frames)`);
	}
}

async function boxAround(
	page: Page,
	{ elements, margin = MARGIN, right: more = 0, below = 0, height: most = Infinity }: Frame,
): Promise<Box> {
	const boxes = (await Promise.all((await elements.all()).map(async (element) => await element.boundingBox()))).filter(
		(box) => box !== null,
	);
	if (boxes.length === 0) throw new Error('There is nothing to take a picture of');
	const { width, height } = page.viewportSize()!;
	const left = Math.max(0, Math.min(...boxes.map(({ x }) => x)) - margin);
	const top = Math.max(0, Math.min(...boxes.map(({ y }) => y)) - margin);
	const right = Math.min(width, Math.max(...boxes.map((box) => box.x + box.width)) + margin + more);
	const bottom = Math.min(height, Math.max(...boxes.map((box) => box.y + box.height)) + margin + below);
	return { x: left, y: top, width: right - left, height: Math.min(most, bottom - top) };
}
