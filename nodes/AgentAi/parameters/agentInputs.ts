import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { InputError } from '../failures/inputError';
import { asList, isObject } from '../failures/json';
import { inputsProperties, readInputs, secretInputs } from './inputs';
import type { ItemParameters } from './itemParameters';
import { type ObjectSchema, readSchema } from './schema';
import { text } from './text';

const EXAMPLE = '{"company":"Acme"}';

/** What JSON is checked against: every agent has inputs of its own, and they go out as typed. */
const ANY: ObjectSchema = { fields: [], open: true };

/** *Message*, for an agent without inputs of its own: shown once one is chosen and the editor has found none. */
const messageProperty: INodeProperties = {
	displayName: 'Message',
	name: 'user_input',
	type: 'string',
	typeOptions: { rows: 4 },
	default: '',
	placeholder: 'e.g. When are you open on Sundays?',
	description: 'The message for an agent without inputs of its own. Other agents get their inputs only.',
	// the path starts at the root: n8n up to 2.16 would look for a parameter of that whole name first (measured)
	displayOptions: { show: { inputsMode: ['fields'] }, hide: { agent: [''], '/inputs.schema': [{ _cnd: { exists: true } }] } },
};

/** *Specify Inputs* and what it shows, and *Message*. */
export const agentInputsProperties: INodeProperties[] = [
	...inputsProperties({ noun: 'agent', chosenBy: 'agent', fieldsMethod: 'getAgentInputs', example: EXAMPLE }),
	messageProperty,
];

/** The inputs of one item, and what in them is secret. */
interface AgentInputs {
	inputs: IDataObject;
	secrets: string[];
}

/**
 * Reads the inputs of one item: those of the agent's own schema, or the message for an agent that has none. The schema is the
 * one that the editor has saved, for an agent that the panel names, else it is asked for.
 *
 * @param askForSchema gives the JSON schema of its inputs
 * @throws InputError that names the input and what was found; whatever the question throws
 */
export async function readAgentInputs(
	parameters: ItemParameters,
	name: string,
	askForSchema: (nameInList: string | undefined) => Promise<unknown>,
): Promise<AgentInputs> {
	const { get, isFixed } = parameters;
	const schema = get('inputsMode') === 'json' ? ANY : (savedSchema(parameters) ?? readSchema(await askForSchema(nameInList(get))));
	// shown until the editor has found inputs; some agents call one of theirs the same
	const message = get('inputsMode') === 'json' ? '' : text(get('user_input'), 'Message');
	const given = message === '' ? {} : { user_input: message };
	if (schema.fields.length === 0 && !schema.open) {
		if (message.trim() === '' && isFixed?.('user_input') === false) {
			throw new InputError('Message is empty', 'Correct its expression, or leave out the item. Nothing was sent');
		}
		return { inputs: given, secrets: [] };
	}
	const inputs = readInputs(parameters, name, schema, EXAMPLE, given);
	if (message !== '' && Object.keys(inputs).length === 0) {
		throw new InputError(
			`${name} takes inputs of its own, and no Message`,
			`Its inputs are ${schema.fields.map((field) => field.name).join(', ')}. Choose the agent from the list, or set Specify Inputs to Using JSON. Nothing was sent`,
		);
	}
	return { inputs, secrets: secretInputs(schema, inputs) };
}

/** The name under which the list showed the agent. */
const nameInList = (get: ItemParameters['get']) =>
	get('agent.mode') === 'list' ? text(get('agent.cachedResultName'), 'Agent') || undefined : undefined;

/**
 * The schema that the editor has saved with the fields, `undefined` where it has saved none: for an agent that the panel names, or by
 * its webhook, which agent.ai may not describe to everybody. What agent.ai tells of an agent by its ID are the names alone.
 */
function savedSchema({ get, isFixed }: ItemParameters): ObjectSchema | undefined {
	// mapped automatically, an agent by its ID has the inputs that it has by now
	const isShown = isFixed?.('agent') === true && get('inputs.mappingMode') === 'defineBelow';
	const saved = isShown || ['list', 'webhook'].includes(String(get('agent.mode'))) ? asList(get('inputs.schema')).filter(isObject) : [];
	if (saved.length === 0) return undefined;
	// what has a default is saved as not required, and left to the agent
	const required = saved.filter((field) => field.required === true).map(({ id }) => id);
	return readSchema({ properties: Object.fromEntries(saved.map((field) => [String(field.id), schemaOf(field)])), required });
}

/** The JSON schema of one field of n8n's resource mapper, whose words for the types are JSON's but for dates and choices. */
function schemaOf({ type, options }: Record<string, unknown>) {
	const choices = asList(options)
		.filter(isObject)
		.map(({ value }) => value);
	return { type: type === 'options' ? typeof choices[0] : type, enum: choices };
}
