import { createServer, type IncomingMessage, request as forward, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, Server as Listener } from 'node:net';

/** What a front says by itself instead of asking the server behind it. */
export interface FrontAnswer {
	status: number;
	body: string;
	headers?: Record<string, string>;
}

/** What stands in front of a server, as a CDN or a load balancer does: it can be away, and it can say that the server is. */
export class Front {
	/** What is said in the place of the server; `undefined` while it answers itself. */
	instead: FrontAnswer | undefined;

	/** Requests that were answered in the place of the server. */
	refused = 0;

	/** When requests were passed on, on the clock of `performance.now()`. */
	readonly passedAt: number[] = [];

	private server: Server | undefined;

	private port = 0;

	private constructor(private readonly behind: string) {}

	/** @param behind origin of the server */
	static async start(behind: string): Promise<Front> {
		const front = new Front(behind);
		await front.open();
		return front;
	}

	get origin(): string {
		return `http://127.0.0.1:${this.port}`;
	}

	/** Takes connections, at the same address as before. */
	async open(): Promise<void> {
		const server = createServer((request, response) => this.take(request, response));
		await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
		this.server = server;
		this.port = (server.address() as AddressInfo).port;
	}

	/** Refuses connections. What is under way is answered, as by a server that is told to end; or cut, as by one that dies. */
	async close(cut = false): Promise<void> {
		const { server } = this;
		this.server = undefined;
		if (!server) return;
		// that of http cuts connections whose request has not come yet
		const closed = new Promise<void>((resolve) => Listener.prototype.close.call(server, () => resolve()));
		if (cut) server.closeAllConnections();
		await closed;
	}

	private take(request: IncomingMessage, response: ServerResponse): void {
		const { instead } = this;
		if (instead) {
			this.refused++;
			request.resume();
			request.once('end', () => response.writeHead(instead.status, { 'content-type': 'text/plain', ...instead.headers }).end(instead.body));
			return;
		}
		this.passedAt.push(performance.now());
		const { method, headers, url } = request;
		const passed = forward(new URL(url ?? '/', this.behind), { method, headers }, (answer) => {
			response.writeHead(answer.statusCode ?? 502, answer.headers);
			answer.pipe(response);
		});
		passed.on('error', () => response.destroy());
		response.on('close', () => passed.destroy());
		request.pipe(passed);
	}
}
