import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { AgentAi } from '../../nodes/AgentAi/AgentAi.node.ts';

type Context = Record<string, unknown> & { helpers: Record<string, unknown> };
type Call = (...args: unknown[]) => unknown;

/** The row at which a step breaks. */
interface Row {
	index: number;
	/** Its prompt. */
	message: string;
}

/** The functions of n8n's context that break, made from the whole ones. */
type Break = (context: Context, row: Row, fail: () => never) => Partial<Context>;

/** The message in the body of a request. */
function messageOf(options: unknown): string | undefined {
	const { body } = options as { body?: string };
	return body === undefined ? undefined : (JSON.parse(body) as { message?: string }).message;
}

/** Steps of an item's way that call a function of n8n's; when one breaks, its item fails. */
export const COSTLY_STEPS = {
	'its parameters are read': ({ getNodeParameter }, { index }, fail) => ({
		getNodeParameter: (...args: unknown[]) => (args[0] === 'message' && args[1] === index ? fail() : (getNodeParameter as Call)(...args)),
	}),
	'its options are read': ({ getNodeParameter }, { index }, fail) => ({
		getNodeParameter: (...args: unknown[]) => (args[0] === 'options' && args[1] === index ? fail() : (getNodeParameter as Call)(...args)),
	}),
	'its request is sent': ({ helpers }, { message }, fail) => ({
		helpers: {
			...helpers,
			httpRequestWithAuthentication(this: unknown, ...args: unknown[]) {
				if (messageOf(args[1]) === message) fail();
				return (helpers.httpRequestWithAuthentication as Call).apply(this, args);
			},
		},
	}),
	'its response is read': ({ helpers }, { message }, fail) => ({
		helpers: {
			...helpers,
			async httpRequestWithAuthentication(this: unknown, ...args: unknown[]) {
				const response = await (helpers.httpRequestWithAuthentication as (...all: unknown[]) => Promise<object>).apply(this, args);
				return messageOf(args[1]) === message ? Object.defineProperty(response, 'statusCode', { get: fail }) : response;
			},
		},
	}),
} satisfies Record<string, Break>;

/** Steps whose failure costs no item anything. */
export const HARMLESS_STEPS = {
	'the log is written': ({ logger }, _row, fail) => ({ logger: { ...(logger as object), info: fail, warn: () => undefined } }),
	'the hints are shown': (_context, _row, fail) => ({ addExecutionHints: fail }),
	'answers are kept': (_context, _row, fail) => ({
		getContext: () => new Proxy({}, { set: fail, deleteProperty: fail, get: () => undefined }),
	}),
	'kept answers are looked for': (_context, _row, fail) => ({ getContext: fail }),
	'the number of the run is asked for': (_context, _row, fail) => ({ evaluateExpression: fail }),
	'an answer is shown in a chat': ({ sendChunk }, { index }, fail) => ({
		isStreaming: () => true,
		sendChunk: (...args: unknown[]) => (args[1] === index ? fail() : (sendChunk as Call | undefined)?.(...args)),
	}),
} satisfies Record<string, Break>;

export type Step = keyof typeof COSTLY_STEPS | keyof typeof HARMLESS_STEPS;

/** Our node, in a context in which one step throws at one row. */
export function withBrokenStep(step: Step, row: Row, thrown: unknown): AgentAi {
	const breaks: Record<Step, Break> = { ...COSTLY_STEPS, ...HARMLESS_STEPS };
	const node = new AgentAi();
	const fail = (): never => {
		throw thrown;
	};
	node.execute = async function (this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const original = this as unknown as Context;
		const broken = breaks[step](bound(original, {}), row, fail);
		return await AgentAi.prototype.execute.call(bound(original, broken) as unknown as IExecuteFunctions);
	};
	return node;
}

/** A context whose functions can be used without it, some of them replaced. */
const bound = (context: Context, replaced: Partial<Context>): Context =>
	new Proxy(context, {
		get: (target, name) => {
			if (typeof name === 'string' && name in replaced) return replaced[name];
			const value: unknown = Reflect.get(target, name);
			return typeof value === 'function' ? (value as Call).bind(target) : value;
		},
	});
