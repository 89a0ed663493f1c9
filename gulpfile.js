const { execFile } = require('node:child_process');
const { rm } = require('node:fs/promises');
const { promisify } = require('node:util');

const { dest, series, src } = require('gulp');

/** Removes what an earlier build left, so that a deleted source file leaves no ghost in the package. */
function clean() {
	return rm('dist', { recursive: true, force: true });
}

/** Copies what is not compiled: icons and codex files, to the same places below dist. */
function assets() {
	// encoding: false keeps binary files intact (gulp 5 decodes as UTF-8 otherwise)
	return src(['nodes/**/*.{svg,png}', 'nodes/**/*.node.json', 'nodes/**/__schema__/**/*.json', 'credentials/**/*.{svg,png}'], {
		base: '.',
		encoding: false,
	}).pipe(dest('dist'));
}

/** Compiles the sources file by file, with source maps that hold them: what ships can be read, and its stacks too. */
async function compile() {
	try {
		await promisify(execFile)(process.execPath, [require.resolve('typescript/bin/tsc')]);
	} catch (error) {
		// tsc says on standard output what does not fit
		throw new Error(error.stdout || error.message);
	}
}

exports.clean = clean;
exports.assets = assets;
exports.compile = compile;
exports.build = series(clean, assets, compile);
exports.default = exports.build;
