import type { INode, INodeParameters } from 'n8n-workflow';

import { withoutWebhookKeys } from '../client/webhook';
import { parsed } from '../failures/json';
import { HIDDEN } from '../transport/redact';
import { isSecretName } from '../transport/secretFields';

/**
 * A copy of the node with the secrets that were typed into it masked: n8n hands the failed node with its parameters to
 * error workflows, and shows it. What stands in the braces of an expression stays as it is, because it names a secret without holding it.
 */
export function maskedNode(node: INode): INode {
	return { ...node, parameters: masked(node.parameters) as INodeParameters };
}

function masked(value: unknown, name = ''): unknown {
	if (typeof value === 'string') {
		if (!value.startsWith('=')) return maskedText(value, name);
		return `=${value
			.slice(1)
			.split(/(\{\{[\s\S]*?\}\})/)
			.map((part, index) => (index % 2 === 1 || part.trim() === '' ? part : maskedText(part, name)))
			.join('')}`;
	}
	if (Array.isArray(value)) return value.map((member) => masked(member, name));
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, masked(member, key)]));
}

function maskedText(text: string, name: string): string {
	return isSecretName(name) && text !== '' ? HIDDEN : withoutWebhookKeys(maskedJson(text, name), HIDDEN);
}

/** Inputs that were typed as one JSON text may hold secrets by name as well. */
function maskedJson(text: string, name: string): string {
	if (!name.toLowerCase().endsWith('json')) return text;
	const value = parsed(text);
	if (value !== undefined) return JSON.stringify(masked(value));
	// what is no JSON cannot be told apart: none of it is shown
	return text.trim() === '' ? text : HIDDEN;
}
