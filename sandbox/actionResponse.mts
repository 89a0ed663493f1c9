import type { ServerResponse } from 'node:http';

/** agent.ai's form of an error: the text at top level, no response. */
export const actionError = (status: number, error: string) => ({ status, error, response: null });

/** Sends a whole JSON answer; a text goes out as it is. */
export function sendJson(response: ServerResponse, status: number, body: object | string): void {
	if (!response.hasHeader('content-type')) response.setHeader('content-type', 'application/json; charset=utf-8');
	response.statusCode = status;
	response.end(typeof body === 'string' ? body : JSON.stringify(body));
}
