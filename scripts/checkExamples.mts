/** Refuses example workflows that carry credentials, secrets, pinned data, or the ids of somebody's n8n. */
import { exampleNames, readExample } from './examples.mts';

const SECRET_FIELDS = /^(auth_token|apiToken|authToken|password|token|secret)$/i;
const SECRET_TEXT = /Bearer\s+[\w.-]{8,}|\b(sk|pk|ghp|xox[bp])[-_][\w-]{16,}|eyJ[\w-]{20,}/;
const FOREIGN_KEYS = ['credentials', 'pinData', 'instanceId', 'staticData', 'meta'];

/** What is wrong with a value, by its path. */
function* problems(value: unknown, path: string): Generator<string> {
	if (typeof value === 'string' && SECRET_TEXT.test(value)) yield `${path} looks like a secret`;
	if (typeof value !== 'object' || value === null) return;
	for (const [key, inner] of Object.entries(value) as [string, unknown][]) {
		const at = `${path}.${key}`;
		if (FOREIGN_KEYS.includes(key)) yield `${at} must not be in an example`;
		if (SECRET_FIELDS.test(key) && inner !== '') yield `${at} must be empty`;
		yield* problems(inner, at);
	}
}

let bad = 0;
const names = await exampleNames();
for (const name of names) {
	for (const problem of problems(await readExample(name), name)) {
		console.error(problem);
		bad++;
	}
}
if (bad > 0) process.exitCode = 1;
else console.log(`${names.length} examples carry no credentials and no secrets`);
