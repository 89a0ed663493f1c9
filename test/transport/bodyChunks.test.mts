import { PassThrough, Readable } from 'node:stream';

import type { IN8nHttpFullResponse } from 'n8n-workflow';

import { type Chunks, chunksOf } from '../../nodes/AgentAi/transport/bodyChunks.ts';

const chunksIn = (body: unknown) => chunksOf({ body } as IN8nHttpFullResponse);

async function textOf(chunks: Chunks): Promise<string> {
	const read: Uint8Array[] = [];
	for (let chunk = await chunks.next(); chunk; chunk = await chunks.next()) read.push(chunk);
	return Buffer.concat(read).toString();
}

test('a stream is read to its end, whether it has begun or not', async () => {
	const stream = new PassThrough();
	stream.write('one ');
	const text = textOf(chunksIn(stream));
	setImmediate(() => stream.write('two '));
	setImmediate(() => stream.end('three'));
	expect(await text).toBe('one two three');
});

test('a body larger than what a stream holds at once comes whole', async () => {
	const parts = Array.from({ length: 200 }, (_, part) => Buffer.alloc(10_000, 97 + (part % 26)));
	expect(await textOf(chunksIn(Readable.from(parts, { objectMode: false })))).toBe(Buffer.concat(parts).toString());
});

test('an empty stream, and one that ended before it was read, end', async () => {
	const ended = new PassThrough();
	ended.end();
	expect(await textOf(chunksIn(ended))).toBe('');
	expect(await textOf(chunksIn(Readable.from([], { objectMode: false })))).toBe('');
});

test('nothing more is taken from a stream than is asked for', async () => {
	let produced = 0;
	const stream = new Readable({
		highWaterMark: 1000,
		read() {
			produced++;
			this.push(Buffer.alloc(1000));
		},
	});
	const chunks = chunksIn(stream);
	await chunks.next();
	for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
	expect(produced).toBeLessThan(5);
	stream.destroy();
});

test.each<[string, (stream: PassThrough) => void, object]>([
	['fails', (stream) => stream.destroy(Object.assign(new Error('reset'), { code: 'ECONNRESET' })), { code: 'ECONNRESET' }],
	['is closed without a word', (stream) => stream.destroy(), { code: 'ERR_STREAM_PREMATURE_CLOSE' }],
])('a stream that %s before its end throws, and throws again', async (_what, end, error) => {
	const stream = new PassThrough();
	const chunks = chunksIn(stream);
	stream.write('half');
	expect(await chunks.next()).toEqual(Buffer.from('half'));
	setImmediate(() => end(stream));
	await expect(chunks.next()).rejects.toMatchObject(error);
	await expect(chunks.next()).rejects.toMatchObject(error);
});

test('stopping ends what is waited for, and what would still come', async () => {
	const stream = new PassThrough();
	const chunks = chunksIn(stream);
	const waiting = chunks.next();
	chunks.stop(new Error('time is up'));
	await expect(waiting).rejects.toThrow('time is up');
	stream.write('late');
	await expect(chunks.next()).rejects.toThrow('time is up');
	// an error that nobody waits for any more takes nothing with it
	stream.destroy(new Error('late as well'));
	await new Promise((resolve) => stream.once('close', resolve));
});

test('a body that is here already is one chunk', async () => {
	expect(await textOf(chunksIn('whole'))).toBe('whole');
});
