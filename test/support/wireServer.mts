import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import { portOf } from './port.mts';

/** What the connection does once the body is out. */
export type Then = 'end' | 'reset' | 'resetLater' | 'stayOpen' | 'cut' | 'repeat' | 'drip';

/** An answer on the wire, byte for byte. */
export interface WireAnswer {
	status?: number;
	/** `null` for none. */
	contentType?: string | null;
	headers?: Record<string, string>;
	/** The body, or its pieces, each sent by itself. */
	body: string | Uint8Array | (string | Uint8Array)[];
	then?: Then;
}

const open = new Set<WireServer>();

afterEach(async () => {
	for (const server of open) await server.close();
	open.clear();
});

/** A server that sends what it is told, also what no real one should. It is closed after the test. */
export class WireServer {
	/** Bodies of the requests, in order of arrival. */
	readonly requests: string[] = [];

	/** Connections that the client closed before their answer ended. */
	closedByClient = 0;

	private readonly sockets = new Set<Socket>();

	private constructor(
		private readonly server: Server,
		private readonly answerOf: (request: string, number: number, path: string) => WireAnswer,
	) {
		server.on('connection', (socket) => {
			this.sockets.add(socket);
			socket.on('close', () => this.sockets.delete(socket));
			socket.on('error', () => socket.destroy());
		});
		server.on('request', (request, response) => void this.take(request, response));
	}

	/** Starts a server that answers every request so, or as the function says for its body, number and path. */
	static async start(answer: WireAnswer | ((request: string, number: number, path: string) => WireAnswer)): Promise<WireServer> {
		const server = createServer();
		const wire = new WireServer(server, typeof answer === 'function' ? answer : () => answer);
		open.add(wire);
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		return wire;
	}

	/** What goes into the credential's Base URL. */
	get baseUrl(): string {
		return `http://127.0.0.1:${portOf(this.server)}/v1`;
	}

	get connections(): number {
		return this.sockets.size;
	}

	async close(): Promise<void> {
		for (const socket of this.sockets) socket.destroy();
		await new Promise((resolve) => this.server.close(resolve));
	}

	private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk as Buffer);
		const text = Buffer.concat(chunks).toString();
		const answer = this.answerOf(text, this.requests.push(text), request.url ?? '');
		response.on('close', () => {
			if (!response.writableEnded) this.closedByClient++;
		});
		const type = answer.contentType === undefined ? 'application/json' : answer.contentType;
		response.writeHead(answer.status ?? 200, { ...(type === null ? {} : { 'content-type': type }), ...answer.headers });
		await this.send(response, answer);
	}

	private async send(response: ServerResponse, { body, then = 'end' }: WireAnswer): Promise<void> {
		const pieces = Array.isArray(body) ? body : [body];
		const write = async (piece: string | Uint8Array) => {
			if (!response.destroyed && piece.length > 0) await new Promise<void>((resolve) => response.write(piece, () => resolve()));
		};
		if (then === 'drip') {
			response.flushHeaders();
			for (const byte of Buffer.from(pieces.join(''))) {
				if (response.destroyed) return;
				await pause(response, 500);
				await write(Buffer.of(byte));
			}
			return void response.end();
		}
		for (const piece of pieces) {
			await write(piece);
			// each piece arrives by itself
			if (pieces.length > 1) await new Promise(setImmediate);
		}
		switch (then) {
			case 'end':
				return void response.end();
			case 'reset':
				return void response.socket?.resetAndDestroy();
			case 'resetLater':
				await pause(response, 50);
				return void response.socket?.resetAndDestroy();
			case 'cut':
				return void response.socket?.end();
			case 'repeat':
				while (!response.destroyed) {
					await pause(response, 300);
					for (const piece of pieces) await write(piece);
				}
		}
	}
}

/** Waits, or until the response is over. */
async function pause(response: ServerResponse, ms: number): Promise<void> {
	await new Promise<void>((resolve) => {
		const timer = setTimeout(done, ms);
		response.once('close', done);
		function done() {
			clearTimeout(timer);
			response.off('close', done);
			resolve();
		}
	});
}
