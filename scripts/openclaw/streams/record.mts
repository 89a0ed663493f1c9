/**
 * `npm run streams`: lets a real OpenClaw gateway play the turns of `turns.mts`, and keeps the bytes of their streams as fixtures
 * in `test/fixtures/streams/openclaw`, with the text that each stands for in `texts.json`.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ROOT } from '../../paths.mts';
import { OpenClawGateway } from '../gateway.mts';
import { plainText } from './plainText.mts';
import { askFor, startStagedModel } from './stagedModel.mts';
import { type Turn, TURNS } from './turns.mts';

const FOLDER = join(ROOT, 'test/fixtures/streams/openclaw');
const AGENTS = ['main', ...new Set(TURNS.flatMap(({ agent }) => (agent ? [agent] : [])))];

const streams = new Map<Turn, string>();
const folder = await mkdtemp(join(tmpdir(), 'n8n-nodes-agent-ai-streams-'));
const model = await startStagedModel();
const apis = Object.fromEntries(TURNS.flatMap(({ agent, api }) => (agent && api ? [[agent, api]] : [])));
const gateway = await OpenClawGateway.start({ folder, modelUrl: model.url, agents: AGENTS, providers: AGENTS.slice(1), apis });
try {
	await gateway.warmUp();
	await rm(FOLDER, { recursive: true, force: true });
	await mkdir(FOLDER, { recursive: true });
	const slow = TURNS.filter(({ isSlow }) => isSlow).map(record);
	for (const turn of TURNS.filter(({ isSlow }) => !isSlow)) await record(turn);
	await Promise.all(slow);
	const texts = Object.fromEntries(TURNS.map((turn) => [fileOf(turn), turn.gives ?? plainText(streams.get(turn) ?? '')]));
	await writeFile(join(FOLDER, 'texts.json'), `${JSON.stringify(texts, null, '\t')}\n`);
} finally {
	await gateway.stop();
	await model.close();
	await rm(folder, { recursive: true, force: true, maxRetries: 10 });
}

async function record(turn: Turn): Promise<void> {
	const { request, earlier = [], image, agent = 'main', session } = turn;
	const text = askFor(turn);
	const content = image
		? [
				{ type: 'text', text },
				{ type: 'image_url', image_url: { url: `data:image/png;base64,${image}` } },
			]
		: text;
	const response = await fetch(`${gateway.url}/v1/chat/completions`, {
		method: 'POST',
		headers: {
			authorization: `Bearer ${gateway.token}`,
			'content-type': 'application/json',
			...(session ? { 'x-openclaw-session-key': agent ? `agent:${agent}:${session}` : session } : {}),
		},
		body: JSON.stringify({
			model: agent ? `openclaw:${agent}` : 'openclaw',
			stream: true,
			messages: [...earlier, { role: 'user', content }],
			...request,
		}),
	});
	const stream = await response.text();
	if (!response.headers.get('content-type')?.includes('event-stream')) throw new Error(`“${turn.name}” is no stream: ${stream}`);
	streams.set(turn, stream);
	await writeFile(join(FOLDER, fileOf(turn)), stable(stream));
	console.log(`${turn.name}: ${stream.length} characters`);
}

/** The same bytes for each recording: ids and times are made alike, of the same length. */
function stable(stream: string): string {
	return stream
		.replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '5f1c5f1c-5f1c-4f1c-8f1c-5f1c5f1c5f1c')
		.replace(/"created":\d{10}\b/g, '"created":1764600000');
}

function fileOf({ name }: Turn): string {
	return `${name.replaceAll(/[^\w]+/g, '-')}.sse`;
}
