import 'reflect-metadata';

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// n8n-core writes its settings file into this folder; without it, into the home folder of whoever runs the tests
process.env.N8N_USER_FOLDER = mkdtempSync(join(tmpdir(), 'n8n-nodes-agent-ai-'));
process.env.N8N_LOG_LEVEL = 'silent';
