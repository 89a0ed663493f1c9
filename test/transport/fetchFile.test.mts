import { Readable } from 'node:stream';

import { fetchFile } from '../../nodes/AgentAi/transport/fetchFile.ts';
import type { HttpHelper } from '../../nodes/AgentAi/transport/wireRequest.ts';
import { claims } from '../support/sayings.mts';

const never = new Promise<never>(() => undefined);

/** A server whose body begins and does not go on. */
async function* silentAfter(first: string) {
	yield Buffer.from(first);
	yield await never;
}

test('a file has its time, however far it has come: the name, the headers, the body', async () => {
	const answer = { statusCode: 200, headers: {}, body: silentAfter('begun') };
	const STAGES: [stage: string, http: HttpHelper, refusal: () => Promise<undefined>][] = [
		['its host is being looked up', () => never, () => never],
		['no headers have come', () => never, () => Promise.resolve(undefined)],
		['the body has fallen silent', () => Promise.resolve(answer as never), () => Promise.resolve(undefined)],
	];
	for (const [stage, http, refusal] of STAGES) {
		expect([stage, await fetchFile(http, 'https://cdn.example.com/1.png', refusal, undefined, 20)]).toEqual([
			stage,
			{ refused: 'it took longer than 0.02 seconds' },
		]);
	}
});

test('the time is a minute unless told, for all redirects together, and what is left unread is closed', async () => {
	const asked: { timeout: unknown; signal: AbortSignal }[] = [];
	const http: HttpHelper = (options) => {
		asked.push({ timeout: options.timeout, signal: options.abortSignal as AbortSignal });
		const answer = options.url.endsWith('/there')
			? { statusCode: 200, headers: {}, body: bytes('it') }
			: { statusCode: 302, headers: { location: '/there' }, body: silentAfter('moved') };
		return Promise.resolve(answer as never);
	};
	const file = await fetchFile(http, 'https://cdn.example.com/1', () => Promise.resolve(undefined), undefined);
	expect(file).toEqual({ bytes: new Uint8Array(Buffer.from('it')), type: '', name: 'there' });
	expect(asked.map(({ timeout, signal }) => [timeout, signal.aborted])).toEqual([
		[60_000, true],
		[60_000, true],
	]);
});

test('who has stopped opens no connection: before it begins, and while its host or that of a redirect is looked up', async () => {
	for (const stopAt of [0, 1, 2]) {
		const stop = new AbortController();
		const open: boolean[] = [];
		let lookUps = 0;
		const http: HttpHelper = ({ abortSignal }) => {
			open.push(!(abortSignal as AbortSignal).aborted);
			if (stop.signal.aborted) return Promise.reject(new Error('canceled'));
			return Promise.resolve({ statusCode: 302, headers: { location: '/there' }, body: bytes('moved') } as never);
		};
		const lookUp = () => {
			if (++lookUps === stopAt) stop.abort();
			return Promise.resolve(undefined);
		};
		if (stopAt === 0) stop.abort();
		await fetchFile(http, 'https://cdn.example.com/1', lookUp, stop.signal);
		expect([stopAt, open]).toEqual([stopAt, stopAt === 2 ? [true, false] : [false]]);
	}
});

test('a file may be as large, and take as long, as the README says, and no more', async () => {
	const [mebibytes = 0, seconds = 0] = claims(/up to (\d+) MiB and (\d+) seconds per file/);
	const size = mebibytes * 2 ** 20;
	const http =
		(...pieces: number[]): HttpHelper =>
		() =>
			Promise.resolve({ statusCode: 200, headers: {}, body: Readable.from(pieces.map((length) => Buffer.alloc(length))) } as never);
	const fetched = async (request: HttpHelper) =>
		await fetchFile(request, 'https://cdn.example.com/1', () => Promise.resolve(undefined), undefined);
	expect(await fetched(http(size / 2, size / 2))).toMatchObject({ bytes: expect.objectContaining({ length: size }) as object });
	expect(await fetched(http(size / 2, size / 2, 1))).toEqual({ refused: `it is larger than ${mebibytes} MiB` });
	const timer = jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
		const end = new AbortController();
		// the time of a file has passed at once, every other never does
		if (ms === seconds * 1000) setImmediate(() => end.abort());
		return end.signal;
	});
	expect(await fetched(() => never)).toEqual({ refused: `it took longer than ${seconds} seconds` });
	timer.mockRestore();
});

async function* bytes(text: string) {
	yield await Promise.resolve(Buffer.from(text));
}
