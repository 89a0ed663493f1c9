import { SsrfProtectionConfig } from '@n8n/config';
import { Container } from '@n8n/di';
import { ExecuteContext, WorkflowExecute } from 'n8n-core';
import type { INodeProperties, INodeTypeDescription } from 'n8n-workflow';
import { NodeHelpers } from 'n8n-workflow';

const engineCode = WorkflowExecute.toString();

const toolsOnly: INodeProperties = {
	displayName: '',
	name: '',
	type: 'string',
	default: '',
	displayOptions: { show: { '@tool': [true] } },
};

/** A collection with a list of turns, as *Earlier Messages* has it. */
const turns: INodeProperties[] = [
	{
		displayName: '',
		name: 'turns',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		default: {},
		options: [{ displayName: '', name: 'turn', values: [{ displayName: '', name: 'text', type: 'string', default: '' }] }],
	},
];

/** Whether a workflow is loaded at all whose parameters have another shape than the panel gives them. */
function loadsOtherShapes(): boolean {
	try {
		for (const other of [[{ text: 'a' }], { values: [{ text: 'a' }] }, '={{ $json.turns }}', 'a text']) {
			NodeHelpers.getNodeParameters(turns, { turns: other as never }, false, false, null, null);
		}
		return true;
	} catch {
		return false;
	}
}

/** n8n's base of what it hands to nodes. */
const BASE = Object.getPrototypeOf(ExecuteContext.prototype) as object;

/** What an engine may lack, each asked of the engine itself. */
const FEATURES = {
	/** Shows an answer piece by piece while the node still runs. */
	streaming: 'sendChunk' in ExecuteContext.prototype,
	/** *Retry On Fail* in the Continue modes takes the items of the second run; older engines run it and keep those of the first. */
	retryInContinueModes: !engineCode.includes('didContinueOnFail'),
	/** Shows parameters by whether the node is used as a tool. */
	toolForm: NodeHelpers.displayParameter({}, toolsOnly, null, { name: 'aTool' } as INodeTypeDescription),
	/** Loads a workflow whose parameters have another shape than the panel gives them. */
	otherShapes: loadsOtherShapes(),
	/** Gives the inputs of a resource mapper as they are, where a node asks for that. */
	rawInputs: Object.values(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(BASE) as object)).some(({ value }) =>
		String(value).includes('skipValidation'),
	),
	/** Tells a node the settings of its workflow, and with them its timeout. */
	workflowSettings: 'getWorkflowSettings' in ExecuteContext.prototype,
	/** Refuses requests to addresses in its own network, where it is told to; older engines are told by n8n's server. */
	networkProtection: process.env.ENGINE_DIR === undefined,
};

/** Turns n8n's network protection on or off, as N8N_SSRF_PROTECTION_ENABLED does. */
export function protectNetwork(isOn: boolean): void {
	Container.get(SsrfProtectionConfig).enabled = isOn;
}

/** Whether the engine under test has a feature. */
export const has = (feature: keyof typeof FEATURES): boolean => FEATURES[feature];

/** Jest's `test` where the engine has the feature, and `test.skip` where it does not. */
export const needs = (feature: keyof typeof FEATURES): jest.It => (FEATURES[feature] ? test : test.skip);
