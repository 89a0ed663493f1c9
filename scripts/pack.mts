import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { LOCAL, ROOT } from './paths.mts';
import { runStep } from './run.mts';

/** Builds the package and packs it as npm would publish it; gives the tarball's path. */
export async function buildAndPack(): Promise<string> {
	const folder = join(LOCAL, 'pack');
	await rm(folder, { recursive: true, force: true });
	await mkdir(folder, { recursive: true });
	await runStep('Building the package', 'npm', ['run', 'build'], { cwd: ROOT });
	await runStep('Packing it', 'npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: ROOT });
	const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
	if (!tarball) throw new Error('npm pack made no tarball');
	return join(folder, tarball);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(await buildAndPack());
