import type { ServerResponse } from 'node:http';

import { sendJson } from './actionResponse.mts';
import type { Fault } from './faults.mts';
import { event } from './gateway/chat.mts';
import type { GatewayAnswer } from './gateway/types.mts';
import { actionResponse, relay, wholeText } from './openClawActions.mts';

/** The text that a fault puts in the place of the agent's answer. */
export function stagedText(fault: Fault | undefined): string | undefined {
	if (fault === 'empty-answer') return '';
	if (fault === 'gateway-no-answer') return '⚠️ Agent couldn’t generate a response. Please try again.';
	return undefined;
}

/** Sends an agent's answer as a fault spoils it. The agent has done its work by then. */
export async function relaySpoiled(answer: GatewayAnswer, fault: Fault, response: ServerResponse): Promise<void> {
	switch (fault) {
		case 'stall':
			// ends when the client leaves
			await wholeText(answer.body);
			return;
		case 'resetAfter':
			await wholeText(answer.body);
			response.socket?.resetAndDestroy();
			return;
		case 'resetMidBody': {
			const text = await actionText(answer);
			response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
			response.write(text.slice(0, 20), () => response.socket?.resetAndDestroy());
			return;
		}
		case 'truncated-json':
			sendJson(response, 200, (await actionText(answer)).slice(0, -20));
			return;
		case 'stream-error':
		case 'stream-cut':
			await relay({ ...answer, body: spoiledEvents(answer.body, fault) }, response);
			return;
		default:
			await relay(answer, response);
	}
}

const actionText = async ({ status, body }: GatewayAnswer): Promise<string> =>
	JSON.stringify(actionResponse(status, await wholeText(body)).body);

/** Pieces of the text that come through before the stream breaks. */
const PIECES_BEFORE = 2;

async function* spoiledEvents(body: GatewayAnswer['body'], fault: 'stream-error' | 'stream-cut'): AsyncGenerator<string | Uint8Array> {
	if (typeof body === 'string') {
		yield body;
		return;
	}
	let pieces = 0;
	for await (const piece of body) {
		if (typeof piece === 'string' && piece.includes('"content"') && pieces++ === PIECES_BEFORE) {
			if (fault === 'stream-error') {
				yield event({ error: { message: 'the model went away', type: 'api_error' } });
				yield event('[DONE]');
			}
			return;
		}
		yield piece;
	}
}
