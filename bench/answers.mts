import 'reflect-metadata';

import { fork } from 'node:child_process';
import { createServer, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { createGzip } from 'node:zlib';

import type { IHttpRequestOptions, IN8nHttpFullResponse } from 'n8n-workflow';

import { createRedactor } from '../nodes/AgentAi/transport/redact.ts';
import { sendAction } from '../nodes/AgentAi/transport/send.ts';
import { ServerClock } from '../nodes/AgentAi/transport/serverClock.ts';

/**
 * What large, packed and endless answers cost n8n: peak memory and the longest time in which nothing else could run, each
 * answer in a process of its own, through n8n's own HTTP helper. `npx tsx bench/answers.mts` prints a table.
 */

const MB = 1024 * 1024;
const PIECE = Buffer.alloc(64 * 1024, 'x');
const CHUNK = Buffer.from(`data: ${JSON.stringify({ choices: [{ delta: { content: 'x'.repeat(1000) } }] })}\n\n`);

/** Writes until the client leaves or the size is reached, as fast as it is read. */
async function pour(response: NodeJS.WritableStream & { destroyed?: boolean }, piece: Buffer, bytes: number): Promise<void> {
	// each wait leaves a listener behind
	response.setMaxListeners(0);
	for (let sent = 0; sent < bytes && !response.destroyed; sent += piece.length) {
		if (!response.write(piece)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
	}
}

const once = async (emitter: NodeJS.EventEmitter, event: string) => await new Promise((resolve) => emitter.once(event, resolve));

const json = (bytes: number) => async (response: ServerResponse) => {
	response.writeHead(200, { 'content-type': 'application/json' });
	response.write('{"status":200,"response":{"response_text":"');
	await pour(response, PIECE, bytes);
	response.end('"}}');
};

const packed = (bytes: number) => async (response: ServerResponse) => {
	response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
	const gzip = createGzip();
	response.on('close', () => gzip.destroy());
	gzip.on('error', () => response.destroy());
	gzip.pipe(response);
	gzip.write('{"status":200,"response":{"response_text":"');
	await pour(gzip, PIECE, bytes);
	if (!gzip.destroyed) gzip.end('"}}');
};

const stream = (piece: Buffer, bytes: number) => async (response: ServerResponse) => {
	response.writeHead(200, { 'content-type': 'text/event-stream' });
	await pour(response, piece, bytes);
	response.end('data: [DONE]\n\n');
};

const ANSWERS: Record<string, (response: ServerResponse) => Promise<void>> = {
	'JSON of 1 KB': json(1024),
	'JSON of 30 MB': json(30 * MB),
	'JSON of 50 MB': json(50 * MB),
	'JSON of 1 GB': json(1024 * MB),
	'JSON of 1 GB in 1 MB of gzip': packed(1024 * MB),
	'stream with 20 MB of text': stream(CHUNK, 20 * MB),
	'stream with 50 MB of text': stream(CHUNK, 50 * MB),
	'stream of 1 GB': stream(CHUNK, 1024 * MB),
	'endless comments': stream(Buffer.from(': keep-alive\n\n'.repeat(1000)), Infinity),
	'endless blanks': stream(Buffer.from(' '.repeat(64 * 1024)), Infinity),
	'one endless event': stream(PIECE, Infinity),
};

interface Measured {
	outcome: string;
	ms: number;
	peakMb: number;
	longestBlockMs: number;
}

/** In a child: sends one request to the server of the parent and measures itself. */
async function measure(url: string): Promise<Measured> {
	// its `import` points to sources that are not published
	const require = createRequire(import.meta.url);
	const { Container } = require('@n8n/di') as typeof import('@n8n/di');
	const { OutboundHttp } = require('@n8n/backend-network') as {
		OutboundHttp: new () => { requests(): { request(options: unknown): Promise<unknown> } };
	};
	const http = async (options: IHttpRequestOptions) =>
		(await Container.get(OutboundHttp).requests().request(options)) as IN8nHttpFullResponse;
	const request = {
		url,
		body: { message: 'hi' },
		timeoutSeconds: 1,
		stream: true,
		asked: 'chat' as const,
		redact: createRedactor(['gateway-token-4711']),
		serverClock: new ServerClock(),
	};
	await sendAction(http, { ...request, url: `${new URL(url).origin}/${encodeURIComponent('JSON of 1 KB')}` });
	const delay = monitorEventLoopDelay({ resolution: 1 });
	delay.enable();
	let peak = 0;
	const before = process.memoryUsage().rss;
	const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 5);
	const startedAt = performance.now();
	const outcome = await sendAction(http, request);
	const ms = performance.now() - startedAt;
	await new Promise((resolve) => setTimeout(resolve, 20));
	clearInterval(watch);
	return {
		outcome: outcome.ok ? 'answered' : outcome.failure.message,
		ms: Math.round(ms),
		peakMb: Math.round((Math.max(peak, process.memoryUsage().rss) - before) / MB),
		longestBlockMs: Math.round(delay.max / 1e6),
	};
}

async function main(): Promise<void> {
	const server = createServer((request, response) => {
		request.resume();
		response.on('error', () => response.destroy());
		const answer = ANSWERS[decodeURIComponent(request.url ?? '').slice(1)];
		request.on('end', () => void answer?.(response).catch(() => response.destroy()));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	process.stdout.write(
		`Node ${process.version}\n\n| answer | outcome | time (s) | memory more (MB) | longest block (ms) |\n|---|---|---|---|---|\n`,
	);
	for (const name of Object.keys(ANSWERS)) {
		const child = fork(fileURLToPath(import.meta.url), [`${origin}/${encodeURIComponent(name)}`], { execArgv: process.execArgv });
		const measured = await new Promise<Measured>((resolve, reject) => {
			child.once('message', (message) => resolve(message as Measured));
			child.once('exit', (code) => reject(new Error(`The process of “${name}” ended with ${code}`)));
		});
		const { outcome, ms, peakMb, longestBlockMs } = measured;
		process.stdout.write(`| ${name} | ${outcome} | ${(ms / 1000).toFixed(2)} | ${peakMb} | ${longestBlockMs} |\n`);
	}
	server.closeAllConnections();
	server.close();
}

const [url] = process.argv.slice(2);
if (url === undefined) await main();
else {
	const measured = await measure(url);
	process.send?.(measured, () => process.exit(0));
}
