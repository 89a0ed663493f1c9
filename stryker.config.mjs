// tests with chance repeat less often: each runs for many changes
process.env.RANDOM_RUNS ??= '30';

/**
 * `npm run mutants`: changes the files that decide, one place at a time, and runs the tests beside them; a change that no
 * test notices survives. All files take about an hour on two slow cores; `limiter/window` alone, with `-- --mutate <file>`, five minutes.
 *
 * @type {import('@stryker-mutator/api/core').PartialStrykerOptions}
 */
export default {
	// where a wrong comparison costs somebody an answer, or money, and tests beside the file take less than a second. What holds the
	// reader of streams tears every stream at every place: asked for each change, that takes hours
	mutate: [
		'nodes/AgentAi/failures/classify.ts',
		'nodes/AgentAi/limiter/belief.ts',
		'nodes/AgentAi/limiter/obstacles.ts',
		'nodes/AgentAi/limiter/otherUse.ts',
		'nodes/AgentAi/limiter/window.ts',
		'nodes/AgentAi/limiter/windows.ts',
		'nodes/AgentAi/batch/handOver.ts',
		'nodes/AgentAi/batch/retry.ts',
		'nodes/AgentAi/parameters/columnDate.ts',
		'nodes/AgentAi/parameters/columnNumber.ts',
		'nodes/AgentAi/parameters/columnValue.ts',
		'nodes/AgentAi/run/keptAnswers.ts',
		'nodes/AgentAi/transport/interpret.ts',
		'nodes/AgentAi/transport/publicHost.ts',
	],
	testRunner: 'jest',
	plugins: ['@stryker-mutator/jest-runner'],
	jest: {
		configFile: 'jest.config.js',
		config: {
			testMatch: [
				'failures/classify',
				'limiter/belief',
				'limiter/obstacles',
				'limiter/otherUse',
				'limiter/window',
				'batch/batches',
				'batch/handOver',
				'batch/retry',
				'parameters/column',
				'run/keptAnswers',
				'transport/interpret',
				'transport/publicHost',
			].map((file) => `<rootDir>/test/${file}*.test.mts`),
		},
	},
	coverageAnalysis: 'perTest',
	thresholds: { break: 85, low: 85, high: 95 },
	reporters: ['clear-text', 'progress-append-only'],
	clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
	tempDirName: '.local/stryker',
	ignorePatterns: ['.local', 'dist', 'docs', 'bench', 'examples', 'scripts', 'sandbox'],
};
