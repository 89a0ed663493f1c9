import { isObject } from '../failures/json';
import { isSecretName } from '../transport/secretFields';
import { hasOwnOperation } from './openclaw';

/** The JSON type of an input; agent.ai uses these six (measured over its 177 actions). */
export type InputType = 'string' | 'number' | 'integer' | 'boolean' | 'array' | 'object';

/** One input of an action, from its JSON schema. */
export interface ActionInput {
	name: string;
	type: InputType;
	required: boolean;
	description: string;
	default?: unknown;
	/** The values that are allowed, where not all are. */
	choices?: unknown[];
	pattern?: string;
	minimum?: number;
	maximum?: number;
	/** `date`, `date-time`, `url` …; others are ignored. */
	format?: string;
	/** Of a list: what its elements may be. */
	items?: { type?: InputType; choices?: unknown[] };
	/** The input is a password or a key, which should not stand in a workflow. */
	secret: boolean;
}

/** One of agent.ai's actions. */
export interface CatalogueAction {
	name: string;
	description: string;
	inputs: ActionInput[];
	/** The action takes inputs that the catalogue does not know: those of an agent, which every agent has of its own. */
	open: boolean;
}

/**
 * Actions that the catalogue describes otherwise than agent.ai's API takes them. `invoke_agent` needs `id` alone, and every
 * other top-level key is an input of that agent; `user_input` and `run_id` are those that agent.ai's own page and public
 * clients send, and none sends the `input` that the catalogue requires.
 */
const CORRECTED: Record<string, Record<string, unknown>> = {
	invoke_agent: {
		properties: {
			id: { type: 'string', description: 'Id or slug of the agent' },
			user_input: { type: 'string', description: 'Primary input of a workflow agent, message to a knowledge agent' },
			run_id: { type: 'string', description: 'Conversation of a knowledge agent that goes on' },
		},
		required: ['id'],
		additionalProperties: true,
	},
};

/** agent.ai has 177 actions with at most 20 inputs each; more than these are not read, because nobody could choose among them. */
const MOST_ACTIONS = 5_000;
const MOST_INPUTS = 500;

const TYPES: readonly string[] = ['string', 'number', 'integer', 'boolean', 'array', 'object'] satisfies InputType[];

/**
 * Reads the catalogue as `GET /api/v2/mcp/functions` sends it; entries without a name, and those with an
 * operation of their own, are skipped.
 *
 * @param list `{ name, description?, parameters: JSON schema }` for each action
 */
export function readCatalogue(list: unknown[]): Map<string, CatalogueAction> {
	const actions = new Map<string, CatalogueAction>();
	for (const entry of list.slice(0, MOST_ACTIONS)) {
		if (!isObject(entry) || typeof entry.name !== 'string' || entry.name === '' || hasOwnOperation(entry.name)) continue;
		const corrected = Object.hasOwn(CORRECTED, entry.name) ? CORRECTED[entry.name] : undefined;
		const schema = corrected ?? (isObject(entry.parameters) ? entry.parameters : {});
		actions.set(entry.name, {
			name: entry.name,
			description: typeof entry.description === 'string' ? entry.description : '',
			inputs: readInputs(schema),
			open: schema.additionalProperties === true || Object.keys(properties(schema)).length > MOST_INPUTS,
		});
	}
	return actions;
}

/** The name as people read it: `get_twitter_users` is "Get Twitter Users", `hubspot.v2.get_x` is "Hubspot V2 Get X". */
export function title(name: string): string {
	return name
		.split(/[._\s-]+/)
		.filter(Boolean)
		.map((word) => word.charAt(0).toUpperCase() + word.slice(1))
		.join(' ');
}

const properties = (schema: Record<string, unknown>) => (isObject(schema.properties) ? schema.properties : {});

function readInputs(schema: Record<string, unknown>): ActionInput[] {
	const described = properties(schema);
	const listed: unknown[] = Array.isArray(schema.required) ? schema.required : [];
	const required = new Set(listed.filter((name) => typeof name === 'string'));
	// an action may require an input that it does not describe (`output_audio` does)
	const undescribed = [...required].filter((name) => !Object.hasOwn(described, name)).map((name) => [name, { type: 'string' }] as const);
	return [...Object.entries(described), ...undescribed]
		.slice(0, MOST_INPUTS)
		.map(([name, property]) => readInput(name, isObject(property) ? property : {}, required.has(name)));
}

function readInput(name: string, schema: Record<string, unknown>, required: boolean): ActionInput {
	const type = readType(schema.type) ?? 'string';
	const choices = Array.isArray(schema.enum) && schema.enum.length > 0 ? schema.enum : undefined;
	const items = isObject(schema.items) ? schema.items : undefined;
	const itemType = readType(items?.type);
	return {
		name,
		type,
		required,
		description: typeof schema.description === 'string' ? schema.description : '',
		secret: isSecret(name, schema),
		...(usableDefault(schema.default, choices) ? { default: schema.default } : {}),
		...(choices ? { choices } : {}),
		...(isSafePattern(schema.pattern) ? { pattern: schema.pattern } : {}),
		...(typeof schema.minimum === 'number' ? { minimum: schema.minimum } : {}),
		...(typeof schema.maximum === 'number' ? { maximum: schema.maximum } : {}),
		...(typeof schema.format === 'string' ? { format: schema.format } : {}),
		...(items ? { items: { ...(itemType ? { type: itemType } : {}), ...(Array.isArray(items.enum) ? { choices: items.enum } : {}) } } : {}),
	};
}

function readType(type: unknown): InputType | undefined {
	const first: unknown = Array.isArray(type) ? type.find((each) => each !== 'null') : type;
	return TYPES.includes(first as string) ? (first as InputType) : undefined;
}

/**
 * Defaults that refer to a variable of agent.ai's own builder (`{{research_result.report_id}}`) mean nothing over HTTP,
 * and a default outside the choices is refused by the action itself.
 */
function usableDefault(value: unknown, choices: unknown[] | undefined): boolean {
	if (value === undefined || value === null) return false;
	if (typeof value === 'string' && value.includes('{{')) return false;
	return choices === undefined || choices.includes(value);
}

function isSecret(name: string, schema: Record<string, unknown>): boolean {
	return schema['x-ui'] === 'password' || schema.format === 'password' || isSecretName(name);
}

/**
 * Whether a pattern takes no longer than the text is: characters and classes between anchors, of which at most one is
 * repeated without end. All patterns of agent.ai's catalogue are so; others are left to agent.ai, because a pattern that
 * tries combinations can keep n8n busy for minutes.
 */
function isSafePattern(pattern: unknown): pattern is string {
	if (typeof pattern !== 'string' || pattern.length > 200) return false;
	const part = /(?:\[(?:[^\]\\]|\\.){1,100}\]|\\[dwsDWS.\-/]|[A-Za-z0-9_@#%&=,:;~ -])(\*|\+|\?|\{\d{1,3}(?:,\d{0,3})?\})?/y;
	let at = pattern.startsWith('^') ? 1 : 0;
	const end = pattern.endsWith('$') ? pattern.length - 1 : pattern.length;
	let endless = at === 1 ? 0 : 1;
	while (at < end) {
		part.lastIndex = at;
		const found = part.exec(pattern);
		if (!found) return false;
		if (found[1] !== undefined && found[1] !== '?') endless++;
		at = part.lastIndex;
	}
	return at === end && endless <= 1;
}
