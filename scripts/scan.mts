/** Runs n8n's official community package scanner, offline, on the sources and on the packed tarball. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { analyzePackage, SOURCE_FILE_PATTERNS } from '@n8n/scan-community-package/scanner/scanner.mjs';

import { packUnlessUnchanged } from './pack.mts';
import { ROOT } from './paths.mts';
import { runStep } from './run.mts';

const tarball = await packUnlessUnchanged();
const unpacked = await mkdtemp(join(tmpdir(), 'n8n-nodes-agent-ai-scan-'));
try {
	await runStep('Unpacking the tarball', 'tar', ['-xzf', tarball, '-C', unpacked, '--strip-components=1']);
	const results = {
		sources: await analyzePackage(ROOT, SOURCE_FILE_PATTERNS),
		tarball: await analyzePackage(unpacked, ['**/*.js', 'package.json']),
	};
	for (const [what, { passed, message, details }] of Object.entries(results)) {
		console.log(`Official scanner on the ${what}: ${passed ? 'no violations' : `${message ?? 'failed'}\n${details ?? ''}`}`);
		if (!passed) process.exitCode = 1;
	}
} finally {
	await rm(unpacked, { recursive: true, force: true });
}
