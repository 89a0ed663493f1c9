import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Ajv } from 'ajv';
import type { IDataObject } from 'n8n-workflow';

import { OPERATIONS } from '../../nodes/AgentAi/operations/index.ts';
import { runNode } from '../support/engine.mts';
import { credentialFor, startSandbox } from '../support/sandbox.mts';

/** What n8n's editor shows of a node that has not run yet: one file for each operation, beside the node. */
const FOLDER = 'nodes/AgentAi/__schema__/v1.0.0';

interface Schema extends IDataObject {
	type: string;
	properties?: Record<string, Schema>;
	items?: Schema;
}

/** How each operation is run once against the sandbox, by resource and operation. */
const RUNS: Record<string, IDataObject> = {
	'agent/get': { agent: 'lead-scout' },
	'agent/getAll': {},
	'agent/run': { agent: 'lead-scout', inputsMode: 'json', inputsJson: '{"company":"Acme"}' },
	'openclaw/chatCompletion': { message: 'Hello', output_variable_name: 'openclaw_result' },
	'openclaw/getDetails': { output_variable_name: 'openclaw' },
	'openclaw/invokeTool': { tool: 'sessions_list', output_variable_name: 'tool_result' },
	'action/run': { actionName: 'sandbox_search', inputsMode: 'json', inputsJson: '{"query":"n8n"}' },
};

const nameOf = ({ resource, option }: (typeof OPERATIONS)[number]) => `${resource}/${option.value}`;

/** The schema as a promise: every field that it names must be there. */
function promised({ properties, items, ...schema }: Schema): Schema {
	return {
		...schema,
		...(items ? { items: promised(items), minItems: 1 } : {}),
		...(properties
			? {
					properties: Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, promised(field)])),
					required: Object.keys(properties),
				}
			: {}),
	};
}

test.each(OPERATIONS.map(nameOf))('%s: every field that the editor shows before the first run is in the item', async (name) => {
	const file = join(FOLDER, `${name}.json`);
	expect(existsSync(file)).toBe(true);
	const { version, ...schema } = JSON.parse(readFileSync(file, 'utf8')) as Schema;
	expect(version).toBe(1);
	const [resource, operation] = name.split('/');
	const credential = credentialFor(await startSandbox());
	const { items, error } = await runNode({ credential, parameters: { resource, operation, ...RUNS[name] } });
	expect(error).toBeUndefined();
	const validate = new Ajv().compile(promised(schema));
	validate(items[0]?.json);
	expect(validate.errors).toBeNull();
});
