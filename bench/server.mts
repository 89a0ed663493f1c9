import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, Server as Listener } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { RateLimit } from '../sandbox/rateLimit.mts';
import type { TimeScale } from './job.mts';

export interface ServerOptions {
	/** How long the agent takes for a row, in whole ms. Default 0. */
	latencyMs?: (row: number) => number;
	/** Text of every answer, to make it longer. */
	padding?: string;
	/** Requests in a window; no limit without it. */
	limit?: { requests: number; windowMs: number };
	/** Answers something else than success: for a row, a status and an error text. */
	refuse?: (prompt: string) => { status: number; error: string } | undefined;
	/** Answers a row in a way of its own. */
	answer?: (response: ServerResponse) => void;
	/** Whether to speak TLS, with a certificate made for this run. */
	tls?: boolean;
	/** Clock of the rate limit and of the latencies. */
	timeScale?: TimeScale;
	/** Pieces of a streamed answer, a few ms apart. */
	pieces?: number;
}

/** Time between the pieces of a streamed answer, in ms. */
const PIECE_GAP_MS = 5;

/**
 * The server of all benchmarks: agent.ai's chat action and OpenAI's chat completions, answered at once or after a given
 * time. Leaner than the sandbox, which checks every request: what is measured is the client.
 */
export class BenchServer {
	/** When rows arrived and left, in ms. */
	readonly served: { row: number; arrivedMs: number; leftMs: number }[] = [];
	requests = 0;
	refused = 0;
	connections = 0;
	inFlight = 0;
	maxInFlight = 0;

	readonly baseUrl: string;
	/** File of the certificate, if the server speaks TLS. */
	readonly certificate: string | undefined;
	private readonly options: ServerOptions;
	private readonly rateLimit: RateLimit | undefined;
	private readonly close_: () => Promise<void>;
	/** Takes no connections for so many ms; what is under way is answered. */
	readonly goAway: (ms: number) => Promise<void>;

	private constructor(options: ServerOptions, server: ReturnType<typeof createServer>, tls: SelfSigned | undefined) {
		this.options = options;
		this.certificate = tls?.file;
		const { limit } = options;
		this.rateLimit = limit && new RateLimit(limit.requests, limit.windowMs);
		server.on('request', (request, response) => this.take(request, response));
		server.on(options.tls === true ? 'secureConnection' : 'connection', () => this.connections++);
		this.baseUrl = `${options.tls === true ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
		this.close_ = async () => {
			const closed = new Promise((resolve) => server.close(resolve));
			server.closeAllConnections();
			await closed;
			await tls?.remove();
		};
		this.goAway = async (ms) => {
			const { port } = server.address() as AddressInfo;
			// that of http cuts connections whose request has not come yet
			const closed = new Promise<void>((resolve) => Listener.prototype.close.call(server, () => resolve()));
			await Promise.all([closed, new Promise((resolve) => setTimeout(resolve, ms))]);
			await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
		};
	}

	static async start(options: ServerOptions = {}): Promise<BenchServer> {
		const tls = options.tls === true ? await selfSigned() : undefined;
		const server = tls ? createTlsServer(tls) : createServer();
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		return new BenchServer(options, server, tls);
	}

	async close(): Promise<void> {
		await this.close_();
	}

	/** Forgets what was counted, before the next run. */
	reset(): void {
		this.served.length = 0;
		this.requests = this.refused = this.connections = this.maxInFlight = 0;
	}

	private now(): number {
		const { timeScale } = this.options;
		return timeScale ? timeScale.origin + (Date.now() - timeScale.origin) * timeScale.factor : Date.now();
	}

	private take(request: IncomingMessage, response: ServerResponse): void {
		const arrivedMs = performance.now();
		this.requests++;
		this.maxInFlight = Math.max(this.maxInFlight, ++this.inFlight);
		response.on('close', () => this.inFlight--);
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const text = Buffer.concat(chunks).toString();
			// the prompt of a row, or of one before the measurement, wherever the API has it
			const found = /\b(row|warm) (\d+)|refused once/.exec(text);
			const row = found?.[1] === 'row' ? Number(found[2]) : undefined;
			this.answer(request.url ?? '', text, found?.[0] ?? '', row, response, arrivedMs);
		});
	}

	private answer(url: string, body: string, prompt: string, row: number | undefined, response: ServerResponse, arrivedMs: number): void {
		const { latencyMs, refuse, timeScale } = this.options;
		const send = (status: number, json: object) => {
			// every clock that the client sees has to run as fast as its own; a server writes its time when it answers
			if (timeScale) response.setHeader('date', new Date(this.now()).toUTCString());
			response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
		};
		// rows before the measurement are not limited
		if (row !== undefined && this.rateLimit) {
			const verdict = this.rateLimit.take(this.now());
			for (const [name, value] of Object.entries(verdict.headers)) response.setHeader(name, value);
			if (!verdict.allowed) {
				this.refused++;
				return send(429, { status: 429, error: 'Too many requests.', response: null });
			}
		}
		const refusal = prompt.startsWith('warm') ? undefined : refuse?.(prompt);
		if (refusal) return send(refusal.status, { ...refusal, response: null });
		if (row !== undefined && this.options.answer) return this.options.answer(response);
		if (body.includes('"stream":true')) return void this.stream(response);
		const finish = () => {
			const text = `Answer to ${prompt}${this.options.padding ?? ''}`;
			send(200, url.endsWith('/chat/completions') ? openAiAnswer(text) : { status: 200, response: { response_text: text } });
			if (row !== undefined) this.served.push({ row, arrivedMs, leftMs: performance.now() });
		};
		const latency = row === undefined ? 0 : (latencyMs?.(row) ?? 0);
		if (latency > 0) setTimeout(finish, latency / (timeScale?.factor ?? 1));
		else finish();
	}

	/** Pieces that hold the time at which they were sent, on the clock that all processes share. */
	private async stream(response: ServerResponse): Promise<void> {
		response.writeHead(200, { 'content-type': 'text/event-stream' });
		response.socket?.setNoDelay(true);
		const send = (data: string) => response.write(`data: ${data}\n\n`);
		for (let piece = 0; piece < (this.options.pieces ?? 1); piece++) {
			const content = `@${Number(process.hrtime.bigint()) / 1e6} `;
			send(JSON.stringify({ choices: [{ index: 0, delta: { content } }] }));
			await new Promise((resolve) => setTimeout(resolve, PIECE_GAP_MS));
		}
		send(JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }));
		send('[DONE]');
		response.end();
	}
}

const openAiAnswer = (content: string) => ({
	id: 'chatcmpl-1',
	object: 'chat.completion',
	created: 0,
	model: 'bench',
	choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
	usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
});

interface SelfSigned {
	key: string;
	cert: string;
	/** File of the certificate. */
	file: string;
	remove(): Promise<void>;
}

/** A key and a certificate for 127.0.0.1 that nobody signed; needs `openssl`. */
async function selfSigned(): Promise<SelfSigned> {
	const folder = await mkdtemp(join(tmpdir(), 'n8n-nodes-agent-ai-bench-'));
	const [keyFile, file] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
	const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2'];
	const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
	await promisify(execFile)('openssl', ['req', '-x509', ...curve, ...subject, '-keyout', keyFile, '-out', file]);
	const [key, cert] = [await readFile(keyFile, 'utf8'), await readFile(file, 'utf8')];
	return { key, cert, file, remove: async () => await rm(folder, { recursive: true, force: true }) };
}
