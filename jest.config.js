const { availableParallelism } = require('node:os');

/** @type {import('jest').Config} */
module.exports = {
	testEnvironment: 'node',
	// many tests wait for a window of a limit or the end of a timeout, so that there may be more than processors
	maxWorkers: Math.ceil(availableParallelism() * 1.5),
	// nothing is asserted by it: a busy machine may take its time
	testTimeout: 30_000,
	testMatch: ['<rootDir>/test/**/*.test.mts'],
	testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/e2e/'],
	modulePathIgnorePatterns: ['<rootDir>/.local/', '<rootDir>/dist/'],
	moduleFileExtensions: ['ts', 'mts', 'js', 'mjs', 'cjs', 'json', 'node'],
	transform: {
		'\\.m?ts$': [
			'@swc/jest',
			{
				jsc: {
					target: 'es2022',
					parser: { syntax: 'typescript', decorators: true },
					experimental: { keepImportAttributes: false },
				},
				module: { type: 'commonjs' },
			},
		],
	},
	// n8n-core's own dependencies bring an older n8n-workflow; the engine and the node must share one copy of its classes
	moduleNameMapper: {
		'^n8n-workflow$': require.resolve('n8n-workflow'),
	},
	setupFiles: ['<rootDir>/test/setup.mts'],
};
