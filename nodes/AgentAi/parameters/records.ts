import type { INodeProperties } from 'n8n-workflow';

import { excerpt } from '../failures/excerpt';
import { failure } from '../failures/failure';
import { InputError } from '../failures/inputError';
import { textOf } from '../failures/remoteError';
import type { ActionResponse, Result } from '../failures/result';
import type { ItemParameters } from './itemParameters';
import { flag } from './text';

/** *Simplify*, and for a tool n8n's *Output* in its place: for operations whose answer holds records. */
export const recordProperties = (fields: string[]): INodeProperties[] => [
	{
		displayName: 'Simplify',
		name: 'simplify',
		type: 'boolean',
		default: true,
		description: 'Whether to return a simplified version of the response instead of the raw data',
		displayOptions: { hide: { '@tool': [true] } },
	},
	{
		displayName: 'Output',
		name: 'output',
		type: 'options',
		options: [
			{ name: 'Raw', value: 'raw', description: 'All fields that agent.ai returns' },
			{ name: 'Selected Fields', value: 'selectedFields', description: 'The fields you choose' },
			{ name: 'Simplified', value: 'simplified', description: 'The most useful fields' },
		],
		default: 'simplified',
		description: 'How much of each agent the model reads',
		displayOptions: { show: { '@tool': [true] } },
	},
	{
		displayName: 'Fields',
		name: 'fields',
		type: 'multiOptions',
		options: fields.map((name) => ({ name, value: name })),
		default: ['id', 'name', 'description'],
		description: 'The fields that the model reads',
		displayOptions: { show: { '@tool': [true], output: ['selectedFields'] } },
	},
];

/** The failure of an answer that holds something else than records: what it lacks would be taken for nothing. */
export const noRecords = ({ status = 200, response }: ActionResponse): Result<ActionResponse> => ({
	ok: false,
	failure: failure('notAnActionResponse', { status, said: excerpt(textOf(response)) }),
});

/**
 * Reads *Simplify*, or *Output* where a tool shows that instead.
 *
 * @returns whether an answer is wanted in its simplified form, and which fields of that; all where `fields` is absent
 * @throws InputError
 */
export function readSimplification({ get, options }: Pick<ItemParameters, 'get' | 'options'>): { simplify: boolean; fields?: string[] } {
	switch (get('output')) {
		case 'raw':
			return { simplify: false };
		case 'simplified':
			return { simplify: true };
		case 'selectedFields': {
			const fields = get('fields');
			if (Array.isArray(fields) && fields.length > 0) return { simplify: true, fields: fields.map(String) };
			throw new InputError('Fields is empty', 'Choose the fields that the model reads');
		}
		default:
			return { simplify: flag(get('simplify'), 'Simplify') || flag(options.simplify, 'Simplify') };
	}
}
