const { mkdir, readFile, rm, writeFile } = require('node:fs/promises');
const { basename, dirname, join } = require('node:path');

const { build, transform } = require('esbuild');
const { dest, series, src } = require('gulp');
const { transpileModule } = require('typescript');

const { credentials, nodes } = require('./package.json').n8n;

const { compilerOptions } = require('./tsconfig.json');

/** What comments say stands in the sources; in the package they would be a third of what n8n reads at its start. */
const withoutComments = {
	name: 'without comments',
	setup({ onLoad }) {
		onLoad({ filter: /\.ts$/ }, async ({ path }) => ({
			contents: transpileModule(await readFile(path, 'utf8'), {
				// without the declarations of fields that the constructor sets
				compilerOptions: { ...compilerOptions, module: 'esnext', removeComments: true, useDefineForClassFields: false },
			}).outputText,
		}));
	},
};

/** How n8n's own packages are compiled. */
const COMMON_JS = {
	platform: 'node',
	format: 'cjs',
	// `import()` becomes a require: n8n makes its own packages known to that alone
	supported: { 'dynamic-import': false },
	// a fifth less to download, and to read at n8n's start; the sources are public
	minify: true,
};

/** With what n8n brings along left out. */
const BUNDLED = { ...COMMON_JS, bundle: true, plugins: [withoutComments], packages: 'external', legalComments: 'none' };

/** Where the panels of all nodes stand; n8n requires it at its start. */
const PANEL = 'dist/nodes/AgentAi/panel.js';

/** "dist/nodes/AgentAi/AgentAi.node.js": the name of the class. */
const nameOf = (file) => basename(file).replace(/\..*/, '');

/** And the path of the source. */
const sourceOf = (file) => file.replace(/^dist\/(.+)\.js$/, './$1.ts');

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

/**
 * Compiles the nodes into three files: the panel, which n8n reads at its start, what works behind it, and what both need (a
 * sixth of the time that a hundred small files take, measured). The nodes share them, and with them their accounts.
 */
async function bundle() {
	const exported = nodes.map((file) => `export { ${nameOf(file)} } from '${sourceOf(file)}';`);
	const { outputFiles } = await build({
		...BUNDLED,
		stdin: { contents: exported.join('\n'), resolveDir: __dirname, loader: 'ts' },
		outdir: dirname(PANEL),
		// esbuild splits modules of this form only, at their imports that come later
		format: 'esm',
		supported: {},
		splitting: true,
		chunkNames: '[hash]',
		write: false,
	});
	await mkdir(dirname(PANEL), { recursive: true });
	for (const { path, text } of outputFiles) {
		const { code } = await transform(text, COMMON_JS);
		await writeFile(basename(path) === 'stdin.js' ? PANEL : path, code);
	}
	for (const file of nodes) {
		await writeFile(file, `exports.${nameOf(file)} = require('./${basename(PANEL)}').${nameOf(file)};\n`);
	}
	await build({ ...BUNDLED, entryPoints: credentials.map(sourceOf), outdir: join('dist', 'credentials') });
}

exports.clean = clean;
exports.assets = assets;
exports.bundle = bundle;
exports.default = series(clean, assets, bundle);
