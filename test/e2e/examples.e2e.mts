import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import type { Sandbox } from '../../sandbox/server.mts';
import { exampleNames, readExample, withCredential } from '../../scripts/examples.mts';
import { type Execution, nodeRuns, outputOf, type WorkflowJson } from '../../scripts/n8n/client.mts';
import { type FileHost, startFileHost } from './fileHost.mts';
import { startScriptedOpenAi } from './scriptedOpenAi.mts';
import { openStage, postWhenReady, type Stage, until } from './support.mts';

type Row = Record<string, unknown>;

/** How a person tries an example, and what there is to see afterwards. */
interface Trial {
	/** Triggers to run by hand, one after another. */
	triggers?: string[];
	/** Those of them whose execution is to end as failed. */
	fails?: string[];
	/** What to write into its chat. */
	says?: string;
	/** Another example that it calls, imported before it. */
	uses?: string;
	/** What a person changes after the import, in the text of the file; the other example has this ID. */
	edit?: (file: string, used: string) => string;
	/** What the credential holds instead. */
	credential?: Record<string, string>;
	/** Looks at the last execution, and at those before it and of the workflow that it uses. */
	shows: (execution: Execution, chat: string, sandbox: Sandbox, others: { earlier: Execution[]; used: Execution[] }) => void;
}

/** Two accounts of the sandbox beside its first. */
const [TOKEN_OF_ADA, TOKEN_OF_GRACE] = ['token-of-ada-e2e-1', 'token-of-grace-e2e-2'];

const text = (row: Row | undefined, name = 'openclaw_result') => (row?.[name] as { response_text?: string } | undefined)?.response_text;

/** Every row of a node has a text that a person can read. */
function answered(execution: Execution, node: string, count: number): void {
	const rows = outputOf(execution, node);
	assert.equal(rows.length, count);
	for (const row of rows) assert.ok(text(row), JSON.stringify(row));
}

const BY_HAND = ['When clicking Execute workflow'];

const TRIALS: Record<string, Trial> = {
	'agent-into-agent.json': {
		triggers: BY_HAND,
		shows: (execution) => {
			const rows = outputOf(execution, 'Result');
			assert.equal(rows.length, 3);
			for (const { topic, digest, check } of rows) {
				assert.equal(digest, `In short: ${topic as string}`);
				assert.match(String(check), new RegExp(`Does our handbook say the same\\?\\nIn short: ${topic as string}$`));
			}
		},
	},
	'agent-with-openclaw-tools.json': {
		says: 'use Ask_OpenClaw',
		shows: (_execution, chat) => assert.match(chat, /The tool said: .*response/),
	},
	'batch-beside-chat.json': {
		triggers: BY_HAND,
		// rows for a few seconds instead of minutes
		edit: (file) => file.replace('length: 30', 'length: 6'),
		shows: (execution) => {
			const rows = outputOf(execution, 'Waited');
			assert.equal(rows.length, 6);
			for (const { answer, request } of rows) {
				assert.ok(answer);
				assert.equal((request as { tries?: number }).tries, 1);
			}
		},
	},
	'chain-on-openclaw.json': {
		triggers: BY_HAND,
		shows: (execution) => assert.ok(outputOf(execution, 'Basic LLM Chain')[0]?.text),
	},
	'chat-with-session.json': {
		says: 'Remember the number 4711',
		shows: (_execution, chat) => assert.match(chat, /"output":"./),
	},
	'enrich-companies.json': {
		triggers: ['Fill with samples', 'Every night', 'Every night'],
		shows: (execution, _chat, { agents }) => {
			// the first night did four, and the second asks again for the row without a company alone, which costs nothing
			assert.equal(agents.runs.filter(({ id }) => id === 'sc0ut01').length, 4);
			const rows = outputOf(execution, 'Write Back');
			assert.deepEqual(
				rows.map(({ status, profile }) => [status, profile]),
				[['failed', '']],
			);
			assert.match(String(rows[0]?.problem), /“company” is empty/);
		},
	},
	'fill-table.json': {
		triggers: ['Fill with samples', 'Every night', 'Every night'],
		uses: 'fill-table-write.json',
		edit: (file, used) => file.replace('"mode":"list","value":""', `"mode":"list","value":"${used}"`),
		shows: (execution, _chat, { agent }, { earlier: [, night], used }) => {
			const rows = outputOf(night!, 'Write Back');
			const filled = rows.filter(({ status }) => status === 'filled');
			assert.equal(filled.length, 6);
			for (const { domain, company, employees, listed, industry, founded, problem } of filled) {
				assert.deepEqual([company, problem], [domain, '']);
				assert.deepEqual([typeof employees, typeof listed], ['number', 'boolean']);
				assert.match(String(industry), /^(?:Software|Manufacturing|Trade|Services|Other)$/);
				assert.match(String(founded), /^\d{4}-\d\d-\d\d$/);
			}
			const failed = rows.filter(({ status }) => status === 'failed');
			assert.equal(failed.length, 1);
			assert.match(String(failed[0]?.problem), /Message is empty/);
			// the four domains were asked for once, and the second night asks for what is missing alone, which costs nothing
			assert.equal(agent.runs.filter(({ message }) => message.startsWith('Look up the company')).length, 4);
			assert.equal(outputOf(execution, 'Rows to Fill').length, 1);
			assert.deepEqual(
				used
					.flatMap((each) => outputOf(each, 'Write Rows'))
					.filter(({ status }) => status === 'filled')
					.map(({ contact }) => contact)
					.sort(),
				['Ada', 'Alan', 'Barbara', 'Grace', 'Linus', 'Margaret'],
			);
		},
	},
	'find-instance-and-chat.json': {
		triggers: BY_HAND,
		shows: (execution) => {
			assert.equal((outputOf(execution, 'Get Details')[0]?.openclaw as Row).status, 'running');
			answered(execution, 'Chat', 1);
		},
	},
	'images-into-files.json': {
		triggers: BY_HAND,
		shows: (execution) => {
			assert.equal(outputOf(execution, 'Name the Files')[0]?.images, 3);
			const [zip] = nodeRuns(execution, 'Zip').at(-1)?.data?.main?.[0] ?? [];
			assert.match(JSON.stringify(zip), /"fileName":"images\.zip"/);
		},
	},
	'live-chat.json': {
		says: 'What can you do for me?',
		shows: (_execution, chat) => assert.ok((chat.match(/"type":"item"/g) ?? []).length > 1, chat),
	},
	'nightly-batch.json': {
		triggers: ['Fill with samples', 'Every night', 'Every morning'],
		// one sample cannot be answered: nobody should find that out from a green list
		fails: ['Every night', 'Every morning'],
		shows: (execution) => {
			assert.match(execution.data, /Nightly batch: 5 of 6 answered, 1 failed\. Not answered:/);
			// the morning sends what failed at night only
			assert.equal(outputOf(execution, 'Failed Rows Again').length, 1);
			const table = outputOf(execution, 'All Rows');
			assert.equal(table.filter(({ status, answer }) => status === 'answered' && Boolean(answer)).length, 5);
			assert.match(String(table.find(({ status }) => status === 'failed')?.problem), /Message is empty/);
			const message = outputOf(execution, 'Morning Message')[0]!;
			assert.equal(message.subject, 'Nightly batch: 5 of 6 answered, 1 failed');
			assert.match(String(message.text), /^Not answered:\n- row \d+: Message is empty/);
		},
	},
	'run-action-on-answers.json': {
		triggers: BY_HAND,
		shows: (execution) => {
			answered(execution, 'Ask', 3);
			for (const { topic, formatted_text } of outputOf(execution, 'Format Text')) assert.ok(topic && formatted_text);
		},
	},
	'scheduled-batch.json': {
		triggers: ['Every night'],
		shows: (execution) => {
			assert.deepEqual(
				outputOf(execution, 'Answered').map(({ customer }) => customer),
				['Ada', 'Grace', 'Linus', 'Margaret'],
			);
			const failed = outputOf(execution, 'Failed')[0]!;
			assert.equal(failed.customer, 'Nobody');
			assert.match(String(failed.problem), /Message is empty/);
			assert.ok(failed.advice);
		},
	},
	'single-prompt.json': { triggers: BY_HAND, shows: (execution) => answered(execution, 'Agent.ai', 1) },
	'summarise-sessions.json': {
		triggers: BY_HAND,
		shows: (execution) => {
			const rows = outputOf(execution, 'Summarise');
			assert.ok(rows.length > 0);
			answered(execution, 'Summarise', rows.length);
		},
	},
	'two-customers.json': {
		triggers: BY_HAND,
		credential: { apiToken: '={{ $json.agentAiToken }}' },
		edit: (file) =>
			[TOKEN_OF_ADA, TOKEN_OF_GRACE].reduce(
				(text, token) => text.replace('agentAiToken\\": \\"\\"', `agentAiToken\\": \\"${token}\\"`),
				file,
			),
		shows: (execution, _chat, { actions, tokens }) => {
			const tokenOf = (message: string) => tokens[actions.findIndex(({ body }) => body.message === message)];
			const rows = outputOf(execution, 'Answers');
			assert.deepEqual(
				rows.map(({ customer }) => customer),
				['Ada', 'Grace', 'Ada', 'Grace'],
			);
			for (const { customer, question, answer, problem } of rows) {
				assert.deepEqual([answer, problem], [`You said: ${question as string}`, '']);
				assert.equal(tokenOf(question as string), customer === 'Ada' ? TOKEN_OF_ADA : TOKEN_OF_GRACE);
			}
			assert.doesNotMatch(JSON.stringify(rows), /token-of/);
		},
	},
};

/** Examples with an end-to-end test of their own, because they need more than one n8n, a restart, or a person in a browser; and those that another uses. */
const ELSEWHERE = ['batch-beyond-limit', 'fan-out-', 'fill-table-write', 'human-review'];

describe('every example, imported from its file', () => {
	let stage: Stage;
	let openAi: Awaited<ReturnType<typeof startScriptedOpenAi>>;
	let files: FileHost;

	before(async () => {
		[openAi, files] = [await startScriptedOpenAi(), await startFileHost()];
		const accounts = [TOKEN_OF_ADA, TOKEN_OF_GRACE];
		stage = await openStage({ quoteSecrets: false, accounts, filesUrl: files.url }, files.env);
	});

	after(async () => {
		await stage.close();
		await openAi.close();
		await files.close();
	});

	test('has a trial here', async () => {
		assert.deepEqual(
			Object.keys(TRIALS).sort(),
			(await exampleNames()).filter((name) => !ELSEWHERE.some((start) => name.startsWith(start))),
		);
	});

	for (const [name, { triggers = [], fails = [], says, uses, edit = (file: string) => file, credential, shows }] of Object.entries(
		TRIALS,
	)) {
		test(name, async () => {
			const picked = credential ? await stage.client.createCredential(name, { ...stage.credentialData, ...credential }) : stage.credential;
			const used = uses === undefined ? undefined : await stage.client.createWorkflow(await readExample(uses));
			const example = JSON.parse(edit(JSON.stringify(await readExample(name)), used?.id ?? '')) as WorkflowJson;
			const workflow = await withModel(withCredential(example, picked));
			const { id } = await stage.client.createWorkflow(workflow);
			const earlier: Execution[] = [];
			let execution: Execution | undefined;
			for (const trigger of triggers) {
				if (execution) earlier.push(execution);
				execution = await stage.client.run(id, trigger);
				assert.equal(execution.status, fails.includes(trigger) ? 'error' : 'success', JSON.stringify(execution.data).slice(-2_000));
			}
			let chat = '';
			if (says !== undefined) {
				await stage.client.activate(id);
				const webhook = workflow.nodes.find(({ webhookId }) => webhookId)!.webhookId!;
				const body = { action: 'sendMessage', sessionId: 'visitor-1', chatInput: says };
				chat = await (await postWhenReady(`${stage.server.url}/webhook/${webhook}/chat`, body)).text();
				execution = await until('the chat’s execution', async () => {
					const [latest] = await stage.client.executions(id);
					return latest && (await stage.client.finished(latest.id));
				});
				await stage.client.deactivate(id);
			}
			assert.ok(execution);
			assert.equal(execution.status, fails.includes(triggers.at(-1) ?? '') ? 'error' : 'success');
			for (const each of workflow.nodes.filter(({ type }) => type !== 'n8n-nodes-base.stopAndError')) {
				for (const { error } of nodeRuns(execution, each.name)) assert.equal(error, undefined, each.name);
			}
			const called = used ? await stage.client.executions(used.id) : [];
			shows(execution, chat, stage.sandbox, {
				earlier,
				used: await Promise.all(called.map(async (each) => await stage.client.finished(each.id))),
			});
		});
	}

	/** n8n’s OpenAI Chat Model answered by a scripted model. */
	async function withModel(workflow: WorkflowJson): Promise<WorkflowJson> {
		const model = workflow.nodes.find(({ type }) => type.endsWith('.lmChatOpenAi'));
		if (!model) return workflow;
		const openAiApi = await stage.client.request<{ id: string; name: string }>('POST', '/rest/credentials', {
			name: 'Scripted',
			type: 'openAiApi',
			data: { apiKey: 'scripted', url: openAi.url, header: false },
		});
		const nodes = workflow.nodes.map((each) => (each === model ? { ...each, credentials: { openAiApi } } : each));
		return { ...workflow, nodes };
	}
});
