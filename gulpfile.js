const { mkdir, readFile, rm, writeFile } = require('node:fs/promises');
const { basename, dirname, join } = require('node:path');

const { build } = require('esbuild');
const { dest, series, src } = require('gulp');
const { transpileModule } = require('typescript');

const { credentials, nodes } = require('./package.json').n8n;

/** Where all nodes stand in one file: n8n requires it once, instead of a hundred small ones (a tenth of the time, measured). */
const BUNDLE = 'dist/nodes/AgentAi/bundle.js';

const { compilerOptions } = require('./tsconfig.json');

/** What comments say stands in the sources; in the package they would be a third of what n8n reads at its start. */
const withoutComments = {
	name: 'without comments',
	setup({ onLoad }) {
		onLoad({ filter: /\.ts$/ }, async ({ path }) => ({
			contents: transpileModule(await readFile(path, 'utf8'), {
				compilerOptions: { ...compilerOptions, module: 'esnext', removeComments: true },
			}).outputText,
		}));
	},
};

/** How n8n's own packages are compiled, with what n8n brings along left out. */
const OPTIONS = {
	bundle: true,
	plugins: [withoutComments],
	packages: 'external',
	platform: 'node',
	format: 'cjs',
	// `import()` becomes a require: n8n makes its own packages known to that alone
	supported: { 'dynamic-import': false },
	legalComments: 'none',
	// a fifth less to download, and to read at n8n's start; the sources are public
	minify: true,
};

/** "dist/nodes/AgentAi/AgentAi.node.js": the source's path without its ending, and the name of its class. */
const parts = (file) => ({ source: file.replace(/^dist\/(.+)\.js$/, './$1'), name: basename(file).replace(/\..*/, '') });

/** Removes what an earlier build left, so that a deleted source file leaves no ghost in the package. */
function clean() {
	return rm('dist', { recursive: true, force: true });
}

/** Copies what is not compiled: icons and codex files, to the same places below dist. */
function assets() {
	// encoding: false keeps binary files intact (gulp 5 decodes as UTF-8 otherwise)
	return src(['nodes/**/*.{svg,png}', 'nodes/**/*.node.json', 'credentials/**/*.{svg,png}'], {
		base: '.',
		encoding: false,
	}).pipe(dest('dist'));
}

/** Compiles the nodes into one file, which they share: what an account's runs know of each other stands in it once. */
async function bundle() {
	const exported = nodes.map((file) => `export { ${parts(file).name} } from '${parts(file).source}';`);
	await build({ ...OPTIONS, stdin: { contents: exported.join('\n'), resolveDir: __dirname, loader: 'ts' }, outfile: BUNDLE });
	for (const file of nodes) {
		const { name } = parts(file);
		await mkdir(dirname(file), { recursive: true });
		await writeFile(file, `exports.${name} = require('./${basename(BUNDLE)}').${name};\n`);
	}
	await build({
		...OPTIONS,
		entryPoints: credentials.map((file) => `${parts(file).source}.ts`),
		outdir: join('dist', 'credentials'),
	});
}

exports.clean = clean;
exports.assets = assets;
exports.bundle = bundle;
exports.default = series(clean, assets, bundle);
