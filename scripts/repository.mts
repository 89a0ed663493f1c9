import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { ROOT } from './paths.mts';

export const GITHUB = 'https://github.com/';

/** `owner/repository` as package.json names it. */
export async function repository(): Promise<string> {
	const { repository: named } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { repository: { url: string } };
	return named.url
		.replace(/^git\+/, '')
		.replace(GITHUB, '')
		.replace(/\.git$/, '');
}

/** The README for a page that has only the text: pictures from GitHub's file server, documents from its pages. */
export function withWholeAddresses(readme: string, ownerAndName: string): string {
	const raw = `https://raw.githubusercontent.com/${ownerAndName}/main/`;
	const page = `https://github.com/${ownerAndName}/blob/main/`;
	return readme
		.replace(/(!\[[^\]]*\]\()(?!https?:|#)/g, `$1${raw}`)
		.replace(/(\s(?:src|srcset)=")(?!https?:)/g, `$1${raw}`)
		.replace(/((?<!!)\[(?:[^[\]]|\[[^\]]*\])*\]\()(?!https?:|#|mailto:)/g, `$1${page}`);
}
