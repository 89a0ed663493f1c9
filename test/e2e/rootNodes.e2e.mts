/**
 * n8n's root nodes on the chat model, each beside the same node on n8n's OpenAI Chat Model. What each does is held to
 * `test/fixtures/rootNodes.json`, from which `npm run docs` makes the table in docs/openclaw.md; with AGENT_AI_RECORD=1 it is
 * written anew.
 */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { nodeRuns, type WorkflowNode } from '../../scripts/n8n/client.mts';
import { ROOT } from '../../scripts/paths.mts';
import type { RootNodeTrial } from '../../scripts/rootNodeTable.mts';
import { type Trial, TRIALS } from './rootNodeTrials.mts';
import { startScriptedChat } from './scriptedChat.mts';
import { node, openStage, type Stage } from './support.mts';

const FILE = join(ROOT, 'test/fixtures/rootNodes.json');

describe('n8n’s root nodes on the chat model, beside n8n’s own', () => {
	let stage: Stage;
	let openAi: Awaited<ReturnType<typeof startScriptedChat>>;
	let openAiCredential: { id: string; name: string };
	const outcomes: RootNodeTrial[] = [];

	before(async () => {
		openAi = await startScriptedChat();
		stage = await openStage();
		openAiCredential = await stage.client.createCredential('OpenAI', { apiKey: 'sk-scripted', url: openAi.url }, 'openAiApi');
	});

	after(async () => {
		await stage.close();
		await openAi.close();
	});

	const models = {
		ours: () => node('Model', 'n8n-nodes-agent-ai.lmChatAgentAi', {}, { credentials: { agentAiApi: stage.credential } }),
		openAi: () =>
			node(
				'Model',
				'@n8n/n8n-nodes-langchain.lmChatOpenAi',
				{ model: { __rl: true, mode: 'id', value: 'scripted' }, responsesApiEnabled: false, options: { maxRetries: 0 } },
				{ typeVersion: 1.3, credentials: { openAiApi: openAiCredential } },
			),
	};

	async function run(trial: Trial, version: number, model: WorkflowNode): Promise<string> {
		const { root, parts = [] } = trial.make(version);
		const connections: Record<string, Record<string, object[][]>> = {
			Start: { main: [[{ node: 'Input', type: 'main', index: 0 }]] },
			Input: { main: [[{ node: 'Root', type: 'main', index: 0 }]] },
			Model: {
				ai_languageModel: [
					['Root', ...parts.filter(([part]) => asksModel(part)).map(([part]) => part.name)].map((name) => ({
						node: name,
						type: 'ai_languageModel',
						index: 0,
					})),
				],
			},
		};
		for (const [part, type, to = 'Root'] of parts) {
			if (part.type.endsWith('embeddingsOpenAi')) part.credentials = { openAiApi: openAiCredential };
			connections[part.name] = { [type]: [[{ node: to, type, index: 0 }]] };
		}
		const input = node(
			'Input',
			'n8n-nodes-base.set',
			{ mode: 'raw', jsonOutput: '{"text":"A long text. [[say In short]]"}', options: {} },
			{ typeVersion: 3.4 },
		);
		const nodes = [node('Start', 'n8n-nodes-base.manualTrigger'), input, root, model, ...parts.map(([part]) => part)];
		const { id } = await stage.client.createWorkflow({ name: `${trial.root} ${crypto.randomUUID()}`, nodes, connections });
		const execution = await stage.client.run(id, 'Start');
		const last = nodeRuns(execution, 'Root').at(-1);
		if (execution.status !== 'success' || last?.error) return `fails: ${last?.error?.message ?? execution.status}`;
		return JSON.stringify((last?.data?.main ?? []).map((items) => (items ?? []).map(({ json }) => json)));
	}

	for (const trial of TRIALS) {
		for (const version of trial.versions) {
			test(`${trial.root} ${version}: ${trial.what}`, async () => {
				const [ours, theirs] = [await run(trial, version, models.ours()), await run(trial, version, models.openAi())];
				const failed = (outcome: string) => outcome.startsWith('fails: ');
				const same = failed(ours) ? failed(theirs) : ours === theirs;
				const told = (outcome: string) => (failed(outcome) ? 'fails' : 'works');
				outcomes.push({ root: trial.root, version, what: trial.what, ours: told(ours), openAi: told(theirs), same });
				if (process.env.AGENT_AI_RECORD)
					console.log(`${trial.root} ${version}, ${trial.what}\n  ours ${ours.slice(0, 400)}\n  n8n’s ${theirs.slice(0, 400)}`);
			});
		}
	}

	test('all is as it is written down', async () => {
		if (process.env.AGENT_AI_RECORD) await writeFile(FILE, `${JSON.stringify(outcomes, null, '\t')}\n`);
		assert.deepEqual(outcomes, JSON.parse(await readFile(FILE, 'utf8')));
	});
});

/** Whether a node beside the root asks the model too. */
const asksModel = ({ type, parameters }: WorkflowNode) => type.endsWith('outputParserAutofixing') || parameters.autoFix === true;
