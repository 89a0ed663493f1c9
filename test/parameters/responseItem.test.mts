import type { ActionResponse } from '../../nodes/AgentAi/failures/result.ts';
import type { OutputSettings } from '../../nodes/AgentAi/parameters/output.ts';
import { openResponse, responseItem } from '../../nodes/AgentAi/parameters/responseItem.ts';

const RAW: OutputSettings = { simplify: false, includeInputFields: false, includeRequestInfo: false, jsonMode: 'off' };
const SIMPLE = { ...RAW, simplify: true };
const ROW = { ...RAW, includeInputFields: true };
const info = { tries: 1, latencyMs: 2, waitedMs: 0 };

const CHAT: ActionResponse = { status: 200, response: { response_text: 'hi' }, error: null, metadata: { id: 7 } };
const AGENT: ActionResponse = { status: 200, agent: { id: 'x' }, inputs: ['a'], outputs: [] };
const INVOKED: ActionResponse = { status: 200, response: 'hi', run_id: 'r1', note: '', extra: null, list: [] };

test.each<[string, ActionResponse, string | undefined, OutputSettings, object]>([
	['raw', CHAT, 'named', RAW, { named: { response_text: 'hi' }, status: 200, response: { response_text: 'hi' }, metadata: { id: 7 } }],
	['simplified', CHAT, 'named', SIMPLE, { named: { response_text: 'hi' }, metadata: { id: 7 } }],
	['in the row', CHAT, 'named', ROW, { named: { response_text: 'hi' }, row: 1, id: 'of the row', metadata: { id: 7 } }],
	[
		'without a response, raw',
		AGENT,
		undefined,
		RAW,
		{ response: { agent: { id: 'x' }, inputs: ['a'], outputs: [] }, status: 200, agent: { id: 'x' }, inputs: ['a'], outputs: [] },
	],
	['without a response, simplified', AGENT, undefined, SIMPLE, { response: { agent: { id: 'x' }, inputs: ['a'], outputs: [] } }],
	[
		'without a response, in the row',
		AGENT,
		'named',
		ROW,
		{ named: { agent: { id: 'x' }, inputs: ['a'], outputs: [] }, row: 1, id: 'of the row' },
	],
	['with more beside it, simplified', INVOKED, undefined, SIMPLE, { response: 'hi', run_id: 'r1' }],
	['with more beside it, in the row', INVOKED, 'named', ROW, { named: 'hi', row: 1, id: 'of the row', run_id: 'r1' }],
	['with more beside it, raw', INVOKED, undefined, RAW, { response: 'hi', status: 200, run_id: 'r1', note: '', extra: null, list: [] }],
	['nothing at all', { status: 200 }, undefined, SIMPLE, { response: null }],
	['an explicit null', { status: 200, response: null }, 'named', SIMPLE, { named: null }],
	['an empty error, raw', { status: 200, response: 1, error: {} }, 'named', RAW, { named: 1, status: 200, response: 1 }],
	[
		'whose fields the row has too',
		{ ...CHAT, id: 'srv', trace: 't-1' },
		'named',
		ROW,
		{ named: { response_text: 'hi' }, row: 1, id: 'of the row', trace: 't-1', metadata: { id: 7 } },
	],
	['that holds its own name alone', { status: 200, response: { named: 'url' } }, 'named', SIMPLE, { named: 'url' }],
	[
		'that holds its own name alone, raw',
		{ status: 200, response: { named: 'url' } },
		'named',
		RAW,
		{ named: 'url', status: 200, response: { named: 'url' } },
	],
	['that holds its own name and more', { status: 200, response: { named: 1, b: 2 } }, 'named', SIMPLE, { named: { named: 1, b: 2 } }],
	[
		'without a response, with metadata',
		{ ...AGENT, metadata: { a: 1 } },
		undefined,
		SIMPLE,
		{ response: { agent: { id: 'x' }, inputs: ['a'], outputs: [] }, metadata: { a: 1 } },
	],
	['named like a field beside it', INVOKED, 'run_id', SIMPLE, { run_id: 'hi' }],
])('an answer %s', (_what, answer, name, settings, item) => {
	const built = responseItem(answer, name, settings, { row: 1, id: 'of the row' }, undefined);
	expect(built).toEqual(item);
	// n8n's table shows the first field first
	expect(Object.keys(built)[0]).toBe(name ?? 'response');
});

test.each([[{ a: 1 }], [['a']]])('the named answer is a copy: an edit of one leaves the other as it came (%j)', (response) => {
	const built = responseItem({ status: 200, response }, 'named', RAW, {}, info);
	expect(built.named).not.toBe(built.response);
	expect(built.named).toEqual(built.response);
	expect(built.request).toEqual(info);
});

test.each([null, '', undefined])('an empty field of the item gives way to a field of the answer (%j)', (run_id) => {
	expect(responseItem(INVOKED, 'named', ROW, { run_id, row: null }, undefined)).toEqual({ named: 'hi', run_id: 'r1', row: null });
});

test('what comes beside a response is kept where it says something', () => {
	expect(
		openResponse({ status: 200, response: 1, error: 'no', metadata: {}, a: 0, b: false, c: [], d: {}, e: '', f: null, g: [0] }),
	).toEqual({
		response: 1,
		beside: { a: 0, g: [0] },
	});
});
