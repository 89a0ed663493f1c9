const { rm } = require('node:fs/promises');
const { dest, series, src } = require('gulp');

/** Removes what an earlier build left, so that a deleted source file leaves no ghost in the package. */
function clean() {
	return rm('dist', { recursive: true, force: true });
}

/** Copies what tsc does not: icons and codex files, to the same places below dist. */
function assets() {
	// encoding: false keeps binary files intact (gulp 5 decodes as UTF-8 otherwise)
	return src(['nodes/**/*.{svg,png}', 'nodes/**/*.node.json', 'credentials/**/*.{svg,png}'], {
		base: '.',
		encoding: false,
	}).pipe(dest('dist'));
}

exports.clean = clean;
exports.assets = assets;
exports.default = series(clean, assets);
