import { isObject } from '../failures/json';
import { jsonFromText } from '../parameters/jsonFromText';

/** The tool as which n8n's agents hand *Require Specific Output Format* to a model (AI Agent 3.1, n8n 2.41.1). */
const FORMAT_TOOL = 'format_final_json_response';

/** Gives the JSON schema of a tool's input, from whatever schema the tool has; may throw. */
export type SchemaReader = (tool: unknown) => unknown;

/** The schema of the final answer where that is all that the tools are for, `undefined` where there are others. */
export function answerSchema(tools: unknown[], schemaOf: SchemaReader): object | undefined {
	const [tool] = tools;
	if (tools.length !== 1 || !isObject(tool) || tool.name !== FORMAT_TOOL) return undefined;
	const schema = schemaOf(tool);
	return isObject(schema) ? schema : undefined;
}

/** What tells an agent without that tool to answer in the format: n8n's own prompt insists on the tool. */
export const formatInstruction = (schema: object) =>
	`You have no tool ${FORMAT_TOOL}. Instead, answer with one JSON value and no other text. It must fit this JSON schema: ${JSON.stringify(schema)}`;

/** The JSON in an answer and nothing around it; a text without any as it is, for n8n's parser to say so. */
export function answerAsJson(text: string): string {
	const read = jsonFromText(text);
	return read.ok ? JSON.stringify(read.data) : text;
}
