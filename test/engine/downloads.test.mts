import { promises as dns } from 'node:dns';
import { Readable } from 'node:stream';

import type { IDataObject } from 'n8n-workflow';
import nock from 'nock';

import { retryData, runNode, type RunOptions } from '../support/engine.mts';

const CDN = 'https://cdn.example.com';
/** Older engines have no filter of outgoing requests: there such a name has no certificate, and here no connection. */
const FILTERED = process.env.ENGINE_DIR === undefined ? /n8n’s network protection/ : /n8n’s network protection|the connection failed/;
const PNG = Buffer.from('iVBORw0KGgo=', 'base64');

/** What the names of the tests lead to; n8n's own filter looks them up. */
const ADDRESSES: Record<string, string> = {
	'cdn.example.com': '93.184.215.14',
	'files.example.org': '93.184.215.15',
	'a.example.org': '93.184.215.16',
	'leads-inside.example.com': '10.0.0.7',
};

beforeAll(() => {
	nock.disableNetConnect();
	jest.spyOn(dns, 'lookup').mockImplementation(((name: string, { all }: { all?: boolean } = {}) => {
		const address = ADDRESSES[name];
		if (address === undefined) return Promise.reject(Object.assign(new Error(`no ${name}`), { code: 'ENOTFOUND' }));
		return Promise.resolve(all ? [{ address, family: 4 }] : { address, family: 4 });
	}) as never);
});
afterEach(() => nock.cleanAll());
// its stand-ins for sockets must not reach the other tests of this process
afterAll(() => {
	nock.enableNetConnect();
	nock.restore();
});

/** Runs an agent whose answer is given. */
async function answered(
	body: IDataObject,
	options: IDataObject = { downloadFiles: true },
	row: { json?: IDataObject; binary?: object } = {},
	more: Partial<RunOptions> = {},
) {
	nock('https://api-lr.agent.ai').post('/v1/action/invoke_agent').reply(200, body);
	return await runNode({
		// an account of its own: twenty requests a minute are the limit of one
		credential: { apiToken: `secret-token-${crypto.randomUUID()}`, baseUrl: 'https://api-lr.agent.ai/v1' },
		parameters: { resource: 'agent', operation: 'run', agent: 'maker', inputsMode: 'json', inputsJson: '{"prompt":"a cat"}', options },
		items: [row.json ?? {}],
		...(row.binary ? { binary: row.binary as never } : {}),
		...more,
	});
}

/** Files that are there, and the headers with which each was asked for. */
function serve(...names: string[]) {
	const asked: Record<string, string>[] = [];
	for (const name of names) {
		nock(CDN)
			.get(`/${name}`)
			.reply(200, function () {
				asked.push(this.req.headers);
				return name.endsWith('.png') ? PNG : `content of ${name}`;
			});
	}
	return asked;
}

const FORMS: [what: string, files: string[], body: IDataObject][] = [
	[
		'images in the metadata',
		['1.png'],
		{ status: 200, response: `<img src="${CDN}/1.png">`, metadata: { images: [{ prompt: 'a cat', url: `${CDN}/1.png` }] } },
	],
	['a response that is a URL', ['1.mp3'], { status: 200, response: `${CDN}/1.mp3` }],
	['a list with URLs', ['1.pdf', '2.pdf'], { status: 200, response: [1, 2].map((n) => ({ name: `${n}.pdf`, url: `${CDN}/${n}.pdf` })) }],
	['a saved file', ['1.txt'], { status: 200, response: { saved_file: `${CDN}/1.txt` } }],
	[
		'ten images',
		Array.from({ length: 10 }, (_, n) => `${n}.png`),
		{ status: 200, response: '', metadata: { images: Array.from({ length: 10 }, (_, n) => ({ url: `${CDN}/${n}.png` })) } },
	],
];

test('a list of addresses is a list of files, and the first takes the name of a binary that is not in the item', async () => {
	serve('1.png', '2.png');
	const { items } = await answered({ status: 200, response: [`${CDN}/1.png`, `${CDN}/2.png`] }, undefined, {
		binary: { data: { data: 'b3du', mimeType: 'text/plain' } },
	});
	expect(Object.keys(items[0]?.binary ?? {})).toEqual(['data', 'data_1']);
});

test('what the answer names becomes binary data, without any token, and the answer stays', async () => {
	for (const [what, files, body] of FORMS) {
		const asked = serve(...files);
		const { items, hints } = await answered(body);
		expect([what, items[0]?.json]).toEqual([what, body]);
		const binary = items[0]?.binary ?? {};
		expect(Object.keys(binary)).toEqual(files.map((_, index) => (index === 0 ? 'data' : `data_${index}`)));
		expect(Object.values(binary).map(({ fileName }) => fileName)).toEqual(files);
		expect(asked).toHaveLength(files.length);
		expect(JSON.stringify(asked)).not.toMatch(/authorization|secret-token/i);
		expect(hints).toEqual([]);
	}
});

test('a file is found under the output variable name too', async () => {
	const run = async (response: unknown, name: string) => {
		const inputs = { file_type: { type: 'string' }, output_variable_name: { type: 'string' } };
		const catalogue = [{ name: 'create_file', parameters: { properties: inputs } }];
		nock('https://api-lr.agent.ai')
			.get(/functions/)
			.reply(200, catalogue)
			.post('/v1/action/create_file')
			.reply(200, { status: 200, response });
		return await runNode({
			credential: { apiToken: `secret-token-${crypto.randomUUID()}`, baseUrl: 'https://api-lr.agent.ai/v1' },
			parameters: {
				resource: 'action',
				operation: 'run',
				actionName: 'create_file',
				inputsMode: 'json',
				inputsJson: JSON.stringify({ file_type: 'pdf', output_variable_name: name }),
				options: { downloadFiles: true },
			},
		});
	};
	for (const [response, name] of [
		[{ report: `${CDN}/1.pdf` }, 'report'],
		[{ report: { url: `${CDN}/1.pdf`, pages: 3 } }, 'report'],
		[{ report: [{ url: `${CDN}/1.pdf` }] }, 'report'],
		[{ saved_file: `${CDN}/1.pdf` }, 'report'],
		[{ saved_file: `${CDN}/1.pdf` }, 'saved_file'],
	] as const) {
		serve('1.pdf');
		const { items } = await run(response, name);
		expect([response, items[0]?.binary?.data?.fileName]).toEqual([response, '1.pdf']);
	}
	// another field that holds a URL may be the source
	const { items } = await run({ source: `${CDN}/1.pdf` }, 'report');
	expect(items[0]?.binary).toBeUndefined();
});

test('the bytes and the type are the file’s own', async () => {
	nock(CDN).get('/picture').reply(200, PNG, { 'content-type': 'image/png' });
	const { items } = await answered({ status: 200, response: `${CDN}/picture` });
	const file = items[0]?.binary?.data;
	expect(file).toMatchObject({ mimeType: 'image/png', fileName: 'picture' });
	expect(Buffer.from(file?.data ?? '', 'base64')).toEqual(PNG);
});

test('nothing is fetched where it is off, and for a text that only mentions a URL', async () => {
	const asked = serve('1.mp3', '1.txt');
	expect((await answered({ status: 200, response: `${CDN}/1.mp3` }, {})).items[0]?.binary).toBeUndefined();
	expect((await answered({ status: 200, response: `Look at ${CDN}/1.txt` })).items[0]?.binary).toBeUndefined();
	expect(asked).toEqual([]);
});

test('the row’s own binary data stays beside the files', async () => {
	serve('1.mp3');
	const { items } = await answered(
		{ status: 200, response: `${CDN}/1.mp3` },
		{ downloadFiles: true, includeInputFields: true },
		{ binary: { data: { data: 'b3du', mimeType: 'text/plain', fileName: 'own.txt' } } },
	);
	expect(Object.entries(items[0]?.binary ?? {}).map(([name, { fileName }]) => [name, fileName])).toEqual([
		['data_1', '1.mp3'],
		['data', 'own.txt'],
	]);
});

test('an answer that was kept is not asked for again, and its files are fetched again', async () => {
	let isBroken = true;
	const asked: string[] = [];
	nock('https://api-lr.agent.ai')
		.persist()
		.post('/v1/action/invoke_agent')
		.reply((_path, body) => {
			const { prompt } = body as { prompt: string };
			asked.push(prompt);
			if (prompt === 'bad' && isBroken) return [200, { status: 400, error: 'no' }];
			return [200, { status: 200, response: `${CDN}/${prompt}.mp3` }];
		});
	const options: RunOptions = {
		credential: { apiToken: `secret-token-${crypto.randomUUID()}`, baseUrl: 'https://api-lr.agent.ai/v1' },
		parameters: {
			resource: 'agent',
			operation: 'run',
			agent: 'maker',
			inputsMode: 'json',
			inputsJson: '={{ { prompt: $json.prompt } }}',
			options: { downloadFiles: true, maxConcurrency: 1 },
		},
		items: [{ prompt: 'good' }, { prompt: 'bad' }],
	};
	serve('good.mp3');
	const first = await runNode(options);
	expect(first.error?.description).toMatch(/The answer is kept/);

	isBroken = false;
	serve('good.mp3', 'bad.mp3');
	const second = await runNode({ ...options, retryOf: retryData(first.run.data) });
	expect(second.items.map(({ binary }) => binary?.data?.fileName)).toEqual(['good.mp3', 'bad.mp3']);
	expect(asked).toEqual(['good', 'bad', 'bad']);

	// one that is gone by then costs no answer
	const third = await runNode({ ...options, retryOf: retryData(first.run.data) });
	expect(third.items[0]?.json).toMatchObject({ response: `${CDN}/good.mp3`, files_not_downloaded: [{ url: `${CDN}/good.mp3` }] });
});

test('Stop ends the file under way, and starts none of those behind it', async () => {
	let stop: (() => void) | undefined;
	const asked: string[] = [];
	for (const name of ['1.png', '2.png', '3.png']) {
		nock(CDN)
			.get(`/${name}`)
			.reply(200, () => {
				asked.push(name);
				stop?.();
				return PNG;
			});
	}
	const response = ['1.png', '2.png', '3.png'].map((name) => ({ url: `${CDN}/${name}` }));
	const { run } = await answered({ status: 200, response }, { downloadFiles: true }, {}, { onStart: (run) => (stop = () => run.cancel()) });
	await new Promise((resolve) => setTimeout(resolve, 200));
	expect(run.status).toBe('canceled');
	expect(asked).toEqual(['1.png']);
});

describe('files that are not fetched', () => {
	const REFUSED: [url: string, why: string | RegExp][] = [
		['http://cdn.example.com/1.png', 'only https'],
		['https://127.0.0.1/1.png', 'not on the internet'],
		['https://10.0.0.7/1.png', 'not on the internet'],
		['https://[::1]/1.png', 'not on the internet'],
		['https://[::ffff:10.0.0.7]/1.png', 'not on the internet'],
		['https://0x7f.1/1.png', 'not on the internet'],
		['https://169.254.169.254/latest/meta-data', 'not on the internet'],
		['https://localhost/1.png', 'not on the internet'],
		['https://printer.local/1.png', 'not on the internet'],
		['https://intranet/1.png', 'not on the internet'],
		['https://leads-inside.example.com/1.png', FILTERED],
		['https://user:pass@cdn.example.com/1.png', 'user name'],
	];

	test('each keeps its answer, and says which and why, in the item and in a hint', async () => {
		for (const [url, why] of REFUSED) {
			// no connection may be made: nock refuses all
			const { items, hints, error } = await answered({ status: 200, response: url });
			expect(error).toBeUndefined();
			expect(items[0]?.binary).toBeUndefined();
			expect(items[0]?.json).toMatchObject({
				response: url,
				files_not_downloaded: [{ url, reason: expect.stringMatching(why) as string }],
			});
			expect(hints.join()).toMatch(why);
		}
	});

	test('not by a redirect either, however many there are', async () => {
		nock(CDN)
			.get('/to-inside')
			.reply(302, '', { location: 'https://192.168.1.1/1.png' })
			.get('/to-http')
			.reply(302, '', { location: 'http://cdn.example.com/1.png' })
			.get('/twice')
			.reply(301, '', { location: '/to-inside' })
			.get('/to-inside')
			.reply(302, '', { location: 'https://192.168.1.1/1.png' })
			.get('/round')
			.times(6)
			.reply(302, '', { location: '/round' });
		for (const [path, why] of [
			['to-inside', 'not on the internet'],
			['to-http', 'only https'],
			['twice', 'not on the internet'],
			['round', 'redirects'],
		]) {
			const { items } = await answered({ status: 200, response: `${CDN}/${path}` });
			expect(JSON.stringify(items[0]?.json.files_not_downloaded)).toContain(why);
			expect(items[0]?.binary).toBeUndefined();
		}
	});

	test('a redirect to another public address is followed', async () => {
		nock(CDN).get('/moved').reply(302, '', { location: 'https://files.example.org/1.txt' });
		nock('https://files.example.org').get('/1.txt').reply(200, 'moved');
		expect((await answered({ status: 200, response: `${CDN}/moved` })).items[0]?.binary?.data?.fileName).toBe('1.txt');
	});

	test('what is too large is left before its end', async () => {
		// nock reads a whole body before it gives its first byte: this one is a little too large
		const megabytes = Array.from({ length: 52 }, () => Buffer.alloc(1024 * 1024));
		nock(CDN)
			.get('/named.png')
			.reply(200, '', { 'content-length': '2000000000000' })
			.get('/unnamed.png')
			.reply(200, () => Readable.from(megabytes));
		for (const name of ['named.png', 'unnamed.png']) {
			const { items } = await answered({ status: 200, response: `${CDN}/${name}` });
			expect(JSON.stringify(items[0]?.json.files_not_downloaded)).toContain('larger than 50 MiB');
		}
	});

	test('domains that are not allowed, and such as are', async () => {
		const body = { status: 200, response: [{ url: `${CDN}/1.png` }, { url: 'https://a.example.org/2.png' }] };
		nock('https://a.example.org').get('/2.png').reply(200, PNG);
		const { items } = await answered(body, { downloadFiles: true, downloadDomains: 'other.example.org, *.example.org' });
		expect(items[0]?.json.files_not_downloaded).toEqual([
			{ url: `${CDN}/1.png`, reason: expect.stringContaining('not among the Allowed Domains') as string },
		]);
		expect(items[0]?.binary?.data?.fileName).toBe('2.png');
	});

	test('a file that is not there, and a server that is not', async () => {
		nock(CDN)
			.get('/gone.png')
			.reply(404, 'no')
			.get('/broken.png')
			.replyWithError(Object.assign(new Error('x'), { code: 'ECONNRESET' }));
		for (const [name, why] of [
			['gone.png', 'answered 404'],
			['broken.png', 'the connection failed'],
		]) {
			const { items } = await answered({ status: 200, response: `${CDN}/${name}` });
			expect(JSON.stringify(items[0]?.json.files_not_downloaded)).toContain(why);
		}
	});
});
