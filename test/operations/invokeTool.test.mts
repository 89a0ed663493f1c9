import { type INodeParameters, NodeHelpers } from 'n8n-workflow';

import { AgentAi } from '../../nodes/AgentAi/AgentAi.node.ts';
import { invokeTool } from '../../nodes/AgentAi/operations/invokeTool.ts';
import { typedObject } from '../../nodes/AgentAi/parameters/json.ts';
import { KNOWN_TOOLS } from '../../nodes/AgentAi/parameters/knownTools.ts';

const REQUEST = { action: 'openclaw_tools_invoke', body: {}, timeoutSeconds: 60, stream: false, secrets: [] };
const judge = (response: unknown) => {
	const result = invokeTool.judge?.({ status: 200, response }, REQUEST);
	return result?.ok ? 'ok' : result?.failure;
};

test('choosing a tool shows what its arguments look like, and they are taken as they stand there', () => {
	const node = { type: 'agentAi', typeVersion: 1 };
	const { description } = new AgentAi();
	const noticesFor = (tool: object) =>
		description.properties.filter((property) => {
			const values = { resource: 'openclaw', operation: 'invokeTool', tool } as unknown as INodeParameters;
			return property.name === 'argumentNotice' && NodeHelpers.displayParameter(values, property, node, description);
		});
	for (const { name, example } of KNOWN_TOOLS) {
		const shown = noticesFor({ __rl: true, mode: 'list', value: name }).map(({ displayName }) => displayName);
		expect(shown).toEqual([expect.stringContaining(`<code>${name}</code>`)]);
		const [, json] = /: <code>(.*)<\/code>$/.exec(shown[0]!) ?? [];
		expect([name, json === undefined ? {} : typedObject(json, 'Arguments', '{}')?.value]).toEqual([name, example]);
	}
	for (const [mode, value] of [
		['list', ''],
		['id', 'a_tool_of_a_plugin'],
		['id', '={{ $json.tool }}'],
	]) {
		expect(noticesFor({ __rl: true, mode, value })).toEqual([]);
	}
});

describe('a tool’s answer', () => {
	test.each<[what: string, response: unknown]>([
		['says ok', { ok: true, result: { content: [{ type: 'text', text: 'done' }] } }],
		['says ok, with details', { ok: true, result: { content: [], details: { status: 'ok' } } }],
		['has details that are no object', { ok: true, result: { details: 'error' } }],
		['has an error that is none', { ok: true, result: { details: { status: 'completed', error: null } } }],
		['is a text', 'done'],
		['is a list', [1]],
		['is nothing', null],
	])('that %s is a success', (_what, response) => {
		expect(judge(response)).toBe('ok');
	});

	test.each<[what: string, response: unknown, kind: string, said: RegExp]>([
		['is not ok', { ok: false, error: { message: 'no such file', type: 'x' } }, 'toolFailed', /no such file/],
		['is ok and says error in its details', { ok: true, result: { details: { status: 'error', error: 'boom' } } }, 'toolFailed', /boom/],
		[
			'is ok and forbidden',
			{ ok: true, result: { details: { status: 'forbidden', error: 'not your session' } } },
			'toolFailed',
			/not your/,
		],
		['is ok and ran out of time', { ok: true, result: { details: { status: 'timeout', error: 'took 60 s' } } }, 'toolFailed', /took 60 s/],
		['is ok and failed', { ok: true, result: { details: { status: 'failed', message: 'exit 1' } } }, 'toolFailed', /exit 1/],
		['is ok with an error in its details', { ok: true, result: { details: { error: 'no key' } } }, 'toolFailed', /no key/],
		['is a bare result', { content: [], details: { status: 'error', error: 'bare' } }, 'toolFailed', /bare/],
		['is ok and isError', { ok: true, result: { isError: true, content: [{ type: 'text', text: 'bad url' }] } }, 'toolFailed', /bad url/],
		[
			'is ok and not available',
			{ ok: true, result: { isError: true, content: [{ type: 'text', text: 'Tool not available: cron' }] } },
			'toolNotAvailable',
			/gateway\.tools\.allow.*Tool not available: cron/,
		],
	])('that %s is a failure with its words', (_what, response, kind, said) => {
		expect(judge(response)).toMatchObject({ kind, description: expect.stringMatching(said) as string });
	});
});
