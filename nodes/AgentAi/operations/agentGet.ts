import type { IDataObject } from 'n8n-workflow';

import type { ActionRequest } from '../client/actionRequest';
import { describeRequest, pageOf } from '../client/agents';
import { asObject, isObject } from '../failures/json';
import type { ActionResponse } from '../failures/result';
import { agentProperty, readAgent, visibilityBesideList } from '../parameters/agent';
import type { ItemParameters } from '../parameters/itemParameters';
import { optionsCollection } from '../parameters/output';
import { noRecords, recordProperties } from '../parameters/records';
import { openResponse } from '../parameters/responseItem';
import type { Operation } from './operation';

/** The fields of *Simplify*, in the panel's order. */
const FIELDS = ['id', 'name', 'description', 'type', 'status', 'url', 'inputs', 'outputs', 'executions', 'updated_at'];

/** POST /action/describe_agent: what an agent is, takes and gives. */
export const agentGet: Operation = {
	resource: 'agent',
	option: {
		name: 'Get',
		value: 'get',
		description: 'Get what an agent is, and which inputs it takes',
		action: 'Get agent',
	},
	reads: true,
	properties: [visibilityBesideList, agentProperty(false), ...recordProperties(FIELDS), optionsCollection([])],

	readRequest: ({ get }: ItemParameters): ActionRequest => describeRequest(readAgent(get('agent')).id),

	judge: (answer: ActionResponse) => (isObject(openResponse(answer).response) ? { ok: true, value: answer } : noRecords(answer)),

	records: {
		of: (answer: ActionResponse) => [asObject(openResponse(answer).response) as IDataObject],
		simplified(described: IDataObject): IDataObject {
			const agent = asObject(described.agent);
			const { id, name, description, type, status, url, human_id: slug, executions, updated_at } = agent;
			const page = url ?? (typeof slug === 'string' && slug !== '' ? pageOf(slug) : null);
			const [inputs, outputs] = [namesIn(described.inputs), namesIn(described.outputs)];
			return { id, name, description, type, status, url: page, inputs, outputs, executions, updated_at } as IDataObject;
		},
	},
};

const namesIn = (names: unknown) => (Array.isArray(names) ? names.map(String).join(', ') : '');
