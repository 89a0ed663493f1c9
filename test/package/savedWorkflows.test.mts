import { readFileSync } from 'node:fs';

import {
	type INodeParameters,
	type INodeProperties,
	type INodeType,
	type INodeTypes,
	type NodeParameterValueType,
	Workflow,
} from 'n8n-workflow';

import { AgentAi } from '../../nodes/AgentAi/AgentAi.node.ts';
import { LmChatAgentAi } from '../../nodes/AgentAi/LmChatAgentAi.node.ts';

interface Saved {
	type: string;
	default: NodeParameterValueType;
}

/**
 * What the panels of all earlier versions could save, by node and operation, with the default that each name had first:
 * collected from their descriptions. A name is added here when it is released, and never taken out.
 */
const SAVED = Object.entries(
	JSON.parse(readFileSync(`${import.meta.dirname}/../fixtures/savedParameters.json`, 'utf8')) as Record<string, Record<string, Saved>>,
);

const NODES: Record<string, INodeType> = { agentAi: new AgentAi(), lmChatAgentAi: new LmChatAgentAi() };
const nodeTypes = { getByName: (name: string) => NODES[name], getByNameAndVersion: (name: string) => NODES[name] } as unknown as INodeTypes;

/** The parameters that n8n gives the node for saved ones: it takes away what the description does not declare or show. */
function loaded(operation: string, parameters: INodeParameters): INodeParameters {
	const [type = '', resource, name] = operation.split('.');
	const saved = { ...(resource ? { resource, operation: name } : {}), ...parameters } as INodeParameters;
	const node = { id: '1', name: 'Node', type, typeVersion: 1, position: [0, 0] as [number, number], parameters: saved };
	return new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes }).nodes.Node!.parameters;
}

/** A value that no default is, in the form in which the panel saves it. */
function typed({ type, default: before }: Saved): NodeParameterValueType {
	if (type === 'boolean') return before !== true;
	if (type === 'number') return Number(before) + 1;
	if (type === 'resourceLocator') return { __rl: true, mode: 'id', value: 'typed' };
	if (type === 'fixedCollection') return { message: [{ role: 'system', content: 'typed' }] };
	if (type === 'resourceMapper') return { mappingMode: 'defineBelow', value: { name: 'typed' } };
	return 'typed';
}

/** What shows the fields that a choice hides. */
const SHOWING: Record<string, INodeParameters> = {
	instance_ip: { instance: 'defineBelow' },
	auth_token: { instance: 'defineBelow' },
	inputs: { inputsMode: 'fields', actionName: { __rl: true, mode: 'id', value: 'web_search' } },
	inputsJson: { inputsMode: 'json', actionName: { __rl: true, mode: 'id', value: 'web_search' } },
};

test.each(SAVED)('%s: what any version could save reaches the node', (operation, names) => {
	const lost = Object.entries(names).filter(([path, saved]) => {
		const [name, option] = path.split('.') as [string, string?];
		const value = typed(saved);
		const { [name]: found } = loaded(operation, { ...SHOWING[name], [name]: option ? { [option]: value } : value });
		const kept = option ? (found as INodeParameters | undefined)?.[option] : found;
		return JSON.stringify(kept) !== JSON.stringify(value);
	});
	expect(lost).toEqual([]);
});

test.each(SAVED)('%s: what was left at its default means the same as ever', (operation, names) => {
	const [type = '', resource = '', name = ''] = operation.split('.');
	const isOf = ({ displayOptions }: INodeProperties) =>
		(displayOptions?.show?.resource?.includes(resource) ?? true) && (displayOptions?.show?.operation?.includes(name) ?? true);
	const properties = NODES[type]!.description.properties.filter(isOf);
	for (const [path, saved] of Object.entries(names)) {
		const [parent, option] = path.split('.');
		const found = properties.filter((each) => each.name === parent);
		const now = option ? found.flatMap(({ options = [] }) => options as INodeProperties[]).filter((each) => each.name === option) : found;
		// a locator's mode is where the panel opens it; its value is what it means
		const meaning = (value: unknown) => (saved.type === 'resourceLocator' ? (value as INodeParameters).value : value);
		expect([path, ...new Set(now.map((each) => meaning(each.default)))]).toEqual([path, meaning(saved.default)]);
	}
});
