import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Everything that is fetched, built or written for running things locally; ignored by git. */
export const LOCAL = join(ROOT, '.local');
