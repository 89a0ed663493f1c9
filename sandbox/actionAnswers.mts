import type { CatalogueEntry } from './catalogue.mts';

/**
 * An answer made from the action's schema: what came in, in the form that the action gives.
 *
 * @param filesUrl where files lie
 */
export function answerOf(entry: CatalogueEntry, body: Record<string, unknown>, filesUrl: string): { response: unknown; metadata?: object } {
	const inputs = Object.fromEntries(Object.entries(body).filter(([name]) => name !== 'output_variable_name'));
	const texts = Object.entries(inputs)
		.filter(([name]) => !entry.parameters.properties[name]?.enum)
		.map(([, value]) => (typeof value === 'string' ? value : JSON.stringify(value)));
	switch (entry.gives) {
		case 'object':
			return { response: { action: entry.name, inputs } };
		case 'text':
			return { response: texts.join(' ') };
		case 'list':
			return { response: texts.join(' ').split(/\s+/).filter(Boolean) };
		case 'file':
			return { response: `https://files.example.com/${entry.name}.png` };
		case 'images': {
			const url = `${filesUrl}/${entry.name}.png`;
			return { response: `<img src="${url}">`, metadata: { images: [{ prompt: inputs.prompt, url }] } };
		}
		case 'nothing':
			return { response: null };
	}
}
