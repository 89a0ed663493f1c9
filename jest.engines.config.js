/**
 * The tests in test/engine on another n8n-core than the installed one, with the built package instead of its sources.
 * `npm run test:engines` sets ENGINE_DIR to the folder into which that n8n-core was installed, and PACKAGE_DIR to the
 * unpacked package.
 */
const { dirname, join } = require('node:path');

const base = require('./jest.config.js');

const engine = process.env.ENGINE_DIR;
const built = process.env.PACKAGE_DIR;
if (!engine || !built) throw new Error('Run these tests with: npm run test:engines');

const core = require.resolve('n8n-core', { paths: [engine] });

/** The copy of a package that this n8n-core itself uses; undefined where it uses none. */
function own(name) {
	try {
		return require.resolve(name, { paths: [dirname(core)] });
	} catch {
		return undefined;
	}
}

module.exports = {
	...base,
	testMatch: ['<rootDir>/test/engine/**/*.test.mts'],
	modulePathIgnorePatterns: ['<rootDir>/.local/'],
	// ES modules that n8n-core 2.0 requires, as Node 22 and newer can; jest cannot
	transform: { ...base.transform, '/node_modules/(p-retry|is-network-error)/.+\\.js$': base.transform['\\.m?ts$'] },
	transformIgnorePatterns: ['/node_modules/(?!(p-retry|is-network-error)/)'],
	moduleNameMapper: {
		'^n8n-core$': core,
		'^n8n-workflow$': own('n8n-workflow'),
		'^reflect-metadata$': own('reflect-metadata'),
		'^@n8n/di$': own('@n8n/di'),
		// before it had a package of its own, the logger was n8n-core's
		'^@n8n/backend-common$': own('@n8n/backend-common') ?? core,
		// n8n brings it along; the tests put a stand-in in its place
		'^@n8n/ai-node-sdk$': require.resolve('@n8n/ai-node-sdk'),
		'^(?:\\.\\./)+((?:nodes|credentials)/.+)\\.ts$': join(built, 'dist/$1.js'),
	},
};
