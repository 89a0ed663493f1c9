import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { LOCAL, ROOT } from './paths.mts';
import { repository, withWholeAddresses } from './repository.mts';
import { runStep } from './run.mts';

const FOLDER = join(LOCAL, 'pack');
/** Holds the fingerprint of what was packed. */
const FINGERPRINT = join(FOLDER, 'fingerprint');

/** What the tarball is made of and from, so that a package is made again when either was touched; the lockfile stands for the compiler. */
const SOURCES = [
	'dist',
	'credentials',
	'nodes',
	'CHANGELOG.md',
	'LICENSE',
	'README.md',
	'gulpfile.js',
	'index.js',
	'package-lock.json',
	'package.json',
	'tsconfig.json',
];

/** What npm packs. */
const SHIPPED = ['dist', 'CHANGELOG.md', 'LICENSE', 'index.js', 'package.json'];

/**
 * Builds the package and packs what is published; gives the tarball's path. The README in it names its pictures and
 * documents by their whole addresses, because npm's page has neither.
 */
async function buildAndPack(): Promise<string> {
	await rm(FOLDER, { recursive: true, force: true });
	await mkdir(FOLDER, { recursive: true });
	await runStep('Building the package', 'npm', ['run', 'build'], { cwd: ROOT });
	const staged = join(FOLDER, 'package');
	for (const name of SHIPPED) await cp(join(ROOT, name), join(staged, name), { recursive: true });
	await writeFile(join(staged, 'README.md'), withWholeAddresses(await readFile(join(ROOT, 'README.md'), 'utf8'), await repository()));
	await runStep('Packing it', 'npm', ['pack', '--ignore-scripts', '--pack-destination', FOLDER], { cwd: staged });
	const tarball = await packedTarball();
	if (!tarball) throw new Error('npm pack made no tarball');
	await writeFile(FINGERPRINT, await fingerprintOfSources());
	return tarball;
}

/** The tarball of the sources as they are: the one packed last where nothing has changed since, else a new one. */
export async function packUnlessUnchanged(): Promise<string> {
	const packed = await readFile(FINGERPRINT, 'utf8').catch(() => undefined);
	const tarball = packed === undefined || packed !== (await fingerprintOfSources()) ? undefined : await packedTarball();
	return tarball ?? (await buildAndPack());
}

async function packedTarball(): Promise<string | undefined> {
	const name = (await readdir(FOLDER)).find((file) => file.endsWith('.tgz'));
	return name && join(FOLDER, name);
}

async function fingerprintOfSources(): Promise<string> {
	const hash = createHash('sha256');
	for (const source of SOURCES) {
		for (const file of await filesOf(join(ROOT, source)))
			hash
				.update(`${file}\0`)
				// a folder that is gone, such as dist, is a change like any other
				.update(await readFile(file).catch(() => 'none'))
				.update('\0');
	}
	return hash.digest('hex');
}

/** A file itself, or all files below a folder, in a stable order. */
async function filesOf(path: string): Promise<string[]> {
	const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => undefined);
	if (!entries) return [path];
	return entries
		.filter((entry) => entry.isFile())
		.map(({ parentPath, name }) => join(parentPath, name))
		.sort();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(await packUnlessUnchanged());
