import { Readable } from 'node:stream';

import type { IExecuteFunctions } from 'n8n-workflow';

import { download } from '../../nodes/AgentAi/run/files.ts';

class SsrfBlockedIpError extends Error {
	override name = 'SsrfBlockedIpError';
}

/** A download through an n8n whose helper for its own filter is this; none at all where it is left out. */
async function fetched(getSecureEgressFilter?: () => unknown) {
	let requests = 0;
	const httpRequest = () => {
		requests++;
		return Promise.resolve({ statusCode: 200, headers: {}, body: Readable.from([Buffer.from('a page')]) });
	};
	const context = { helpers: { httpRequest, getSecureEgressFilter } } as unknown as IExecuteFunctions;
	const file = await download(context, 'https://cdn.example.com/1.pdf', '', undefined);
	return 'refused' in file ? `${file.refused}, after ${requests} requests` : Buffer.from(file.bytes).toString();
}

const answers = (result: unknown) => () => ({ validateUrl: () => Promise.resolve(result) });

test('an n8n whose filter is off, absent or cannot tell lets a file be fetched', async () => {
	for (const [what, filter] of [
		['no such helper, as in older n8n', undefined],
		// where N8N_SSRF_PROTECTION_ENABLED is not set
		['nothing behind the helper, as in 2.33', () => undefined],
		['a filter without the question', () => ({})],
		['an address that it allows', answers({ ok: true, result: undefined })],
		['a name that only a proxy knows', answers({ ok: false, error: new Error('getaddrinfo ENOTFOUND cdn.example.com') })],
		['a look-up that breaks', () => ({ validateUrl: () => Promise.reject(new Error('no DNS')) })],
	] as const) {
		expect([what, await fetched(filter)]).toEqual([what, 'a page']);
	}
});

test('an address that the filter refuses is not asked', async () => {
	expect(await fetched(answers({ ok: false, error: new SsrfBlockedIpError('10.0.0.7') }))).toBe(
		'n8n’s network protection blocks the address, after 0 requests',
	);
});
