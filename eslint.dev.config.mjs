// Lint of the development code (tests, sandbox, scripts, benchmarks), which lives in `.mts` files so that the
// official n8n rules in eslint.config.mjs stay at their strict default for everything that ships.
import sortImports from 'eslint-plugin-simple-import-sort';
import tseslint from 'typescript-eslint';

export default tseslint.config(
	{ ignores: ['dist/**', '.local/**', '**/node_modules/**'] },
	{
		files: ['**/*.mts', '**/*.cts'],
		extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
		languageOptions: {
			parserOptions: { project: './tsconfig.dev.json', tsconfigRootDir: import.meta.dirname },
		},
		rules: {
			// numbers in messages are what these files print all day
			'@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
			// node's test runner awaits what describe and test give back
			'@typescript-eslint/no-floating-promises': [
				'error',
				{ allowForKnownSafeCalls: [{ from: 'package', name: ['describe', 'test'], package: 'node:test' }] },
			],
			// a handler that ignores its result is written as `() => doIt()` on purpose
			'@typescript-eslint/no-confusing-void-expression': 'off',
			// index access is checked by the compiler (noUncheckedIndexedAccess); tests say `!` where they have just asserted it
			'@typescript-eslint/no-non-null-assertion': 'off',
		},
	},
	// one order of imports, for what ships as well
	{
		files: ['**/*.ts', '**/*.mts', '**/*.cts'],
		languageOptions: { parser: tseslint.parser },
		plugins: { 'sort-imports': sortImports },
		rules: { 'sort-imports/imports': 'error', 'sort-imports/exports': 'error' },
	},
);
