import type { IDataObject } from 'n8n-workflow';

import { WireServer } from './wireServer.mts';

/** What the agent says, or an answer of the server as it comes. */
export type Scripted = string | { status: number; error?: string; headers?: Record<string, string> };

export interface Asked extends IDataObject {
	message: string;
	messages_json?: string;
	session_key?: string;
}

/** An agent.ai whose agent says what a script gives for a request and its number, counted from 1; the last line of a list again and again. */
export async function scriptedAgent(script: Scripted[] | ((asked: Asked, number: number) => Scripted)) {
	const next = typeof script === 'function' ? script : (_asked: Asked, number: number) => script[Math.min(number, script.length) - 1] ?? '';
	const server = await WireServer.start((request, number) => {
		const said = next(JSON.parse(request) as Asked, number);
		if (typeof said !== 'string') {
			const { status, error, headers } = said;
			return { status, ...(headers ? { headers } : {}), body: JSON.stringify({ status, error, response: null }) };
		}
		return { body: JSON.stringify({ status: 200, response: { response_text: said, usage: { total_tokens: 5 } } }) };
	});
	return {
		server,
		credential: { apiToken: 'test-token', baseUrl: server.baseUrl, instanceIp: '10.0.0.1', authToken: 'gateway-token' },
		/** The bodies of the requests, in order of arrival. */
		get asked(): Asked[] {
			return server.requests.map((request) => JSON.parse(request) as Asked);
		},
	};
}
