import type { ServerResponse } from 'node:http';
import { createGzip } from 'node:zlib';

import { type Benchmark, type Figure, seriesOf } from '../figure.mts';
import { BenchServer } from '../server.mts';
import type { Party } from '../worker/parties.mts';

const MB = 1024 * 1024;
const PIECE = Buffer.alloc(64 * 1024, 'x');
const EVENT = Buffer.from(`data: ${JSON.stringify({ choices: [{ delta: { content: 'x'.repeat(1000) } }] })}\n\n`);

const once = async (emitter: NodeJS.EventEmitter, event: string) => await new Promise((resolve) => emitter.once(event, resolve));

/** Writes until the client leaves or the size is reached, as fast as it is read. */
async function pour(response: NodeJS.WritableStream & { destroyed?: boolean }, piece: Buffer, bytes: number): Promise<void> {
	// each wait leaves a listener behind
	response.setMaxListeners(0);
	for (let sent = 0; sent < bytes && !response.destroyed; sent += piece.length) {
		if (!response.write(piece)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
	}
}

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

interface Case {
	name: string;
	answer: (response: ServerResponse) => Promise<void>;
	/** Whether the node takes the answer; else it is too large, or the time is up. */
	taken: boolean;
	/** Whether HTTP Request comes to an end as well. */
	withPeer?: boolean;
}

const CASES: Case[] = [
	{ name: 'JSON, 1 KB', answer: json(1024), taken: true, withPeer: true },
	{ name: 'JSON, 30 MB', answer: json(30 * MB), taken: true, withPeer: true },
	{ name: 'JSON, 50 MB', answer: json(50 * MB), taken: false, withPeer: true },
	{ name: 'JSON, 1 GB', answer: json(1024 * MB), taken: false },
	{ name: 'JSON, 1 GB in 1 MB of gzip', answer: packed(1024 * MB), taken: false },
	{ name: 'stream, 20 MB of text', answer: stream(EVENT, 20 * MB), taken: true },
	{ name: 'stream, 50 MB of text', answer: stream(EVENT, 50 * MB), taken: false },
	{ name: 'stream, 1 GB of text', answer: stream(EVENT, 1024 * MB), taken: false },
	{ name: 'endless comments', answer: stream(Buffer.from(': keep-alive\n\n'.repeat(1000)), Infinity), taken: false },
	{ name: 'endless blanks', answer: stream(Buffer.from(' '.repeat(64 * 1024)), Infinity), taken: false },
	{ name: 'one endless event', answer: stream(PIECE, Infinity), taken: false },
];

/** *Timeout* of the node, in seconds: what is endless is over then, or before. */
const TIMEOUT = 10;

export const benchmark: Benchmark = {
	name: 'answers',
	title: 'Large, packed and endless answers',
	text: 'What one answer costs n8n: the peak memory of the process, and the longest time in which it can do nothing else. The node accepts answers of up to 32 MiB after unpacking, and streams with as much text. A larger answer fails its item as uncertain as soon as that much has arrived. An answer that never ends fails after 32 MiB, a stream after 256 MiB, or when its *Timeout* is up. HTTP Request accepts answers of any size, until Node.js fails.',
	async run({ quick, turns, measure }) {
		const memory: Figure = { name: 'answers-memory', title: 'Peak memory of n8n with one answer', unit: 'MiB', digits: 0, series: [] };
		const block: Figure = {
			name: 'answers-block',
			title: 'Longest block of the event loop with one answer',
			unit: 'ms',
			digits: 0,
			series: [],
		};
		const time: Figure = { name: 'answers-time', title: 'Time until the item is finished', unit: 's', digits: 2, series: [] };
		for (const { name, answer, taken, withPeer } of quick ? CASES.slice(0, 1) : CASES) {
			const server = await BenchServer.start({ answer: (response) => void answer(response).catch(() => response.destroy()) });
			const parties: Party[] = withPeer === true ? ['agentAi', 'httpRequestCredential'] : ['agentAi'];
			const results = await turns(parties, async (party) => {
				const measured = await measure({
					party,
					baseUrl: server.baseUrl,
					items: 1,
					concurrency: 1,
					watchBlocks: true,
					onError: 'continueRegularOutput',
					parameters: { options: { timeout: TIMEOUT } },
				});
				if (party === 'agentAi' && measured.answered !== Number(taken)) throw new Error(`“${name}” was ${taken ? 'not ' : ''}answered`);
				return measured;
			});
			await server.close();
			memory.series.push(
				...seriesOf(
					name,
					mapValues(results, ({ peakMiB }) => peakMiB),
				),
			);
			block.series.push(
				...seriesOf(
					name,
					mapValues(results, ({ longestBlockMs }) => longestBlockMs),
				),
			);
			time.series.push(
				...seriesOf(
					name,
					mapValues(results, ({ wallMs }) => wallMs / 1000),
				),
			);
		}
		return [memory, block, time];
	},
};

const mapValues = <R,>(results: Record<string, R[]>, value: (result: R) => number): Record<string, number[]> =>
	Object.fromEntries(Object.entries(results).map(([party, all]) => [party, all.map(value)]));
