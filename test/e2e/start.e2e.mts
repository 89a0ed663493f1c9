import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import type { DemoState } from '../../scripts/demo/home.mts';
import { exampleNames, readExample } from '../../scripts/examples.mts';
import { type Execution, N8nClient, outputOf, type SavedWorkflow } from '../../scripts/n8n/client.mts';
import type { Owner } from '../../scripts/n8n/server.mts';
import { ROOT } from '../../scripts/paths.mts';
import { AGENT_AI, chain, node } from './support.mts';

interface Answer {
	openclaw_result?: { response_text?: string };
}

/** One `npm start` on a folder of the test's own. */
class Start {
	private constructor(
		private readonly child: ChildProcess,
		/** All it has printed so far. */
		readonly output: () => string,
		readonly url: string,
	) {}

	/** Starts it and waits until the editor is open. */
	static async run(home: string): Promise<Start> {
		const child = spawn(process.execPath, ['--import', 'tsx', join(ROOT, 'scripts/start.mts')], {
			cwd: ROOT,
			env: { ...process.env, AGENT_AI_DEMO_HOME: home, AGENT_AI_TOKEN: '' },
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		let printed = '';
		const url = await new Promise<string>((resolve, reject) => {
			const take = (chunk: Buffer) => {
				printed += chunk.toString();
				const [, found] = /The editor is open at (\S+)[^]*stop everything/.exec(printed) ?? [];
				if (found) resolve(found);
			};
			child.stdout.on('data', take);
			child.stderr.on('data', take);
			child.on('close', (code) => reject(new Error(`npm start ended with ${code}:\n${printed}`)));
		});
		return new Start(child, () => printed, url);
	}

	async client(home: string): Promise<N8nClient> {
		const client = new N8nClient(this.url);
		await client.signIn(JSON.parse(await readFile(join(home, 'owner.json'), 'utf8')) as Owner);
		return client;
	}

	/** Kills n8n under it, and gives the exit code that it ends with. */
	async killN8n(): Promise<number | null> {
		const closed = new Promise<number | null>((resolve) => this.child.once('close', resolve));
		const children = execFileSync('pgrep', ['-f', '-P', String(this.child.pid), 'n8n.* start'], { encoding: 'utf8' });
		process.kill(Number(children.trim()), 'SIGKILL');
		return await closed;
	}

	async stop(): Promise<void> {
		if (this.child.exitCode !== null) return;
		const closed = new Promise((resolve) => this.child.once('close', resolve));
		this.child.kill('SIGINT');
		await closed;
	}
}

describe('npm start keeps what people make', () => {
	let home: string;
	let start: Start | undefined;
	let client: N8nClient;
	let squatter: Server | undefined;

	before(async () => {
		home = await mkdtemp(join(tmpdir(), 'n8n-nodes-agent-ai-start-'));
	});

	after(async () => {
		await start?.stop();
		squatter?.close();
		await rm(home, { recursive: true, force: true });
	});

	const again = async () => {
		await start?.stop();
		start = await Start.run(home);
		client = await start.client(home);
	};
	const state = async () => JSON.parse(await readFile(join(home, 'demo.json'), 'utf8')) as Required<DemoState>;
	const workflow = async (id: string) => await client.request<SavedWorkflow>('GET', `/rest/workflows/${id}`);
	const credentials = async () => await client.request<{ id: string; name: string }[]>('GET', '/rest/credentials');
	const answered = (execution: Execution) =>
		Boolean((outputOf(execution, 'Agent.ai')[0] as Answer | undefined)?.openclaw_result?.response_text);
	let own: { id: string };
	let edited: string;

	test('the first start imports every example and answers a batch', async () => {
		await again();
		const { examples } = await state();
		assert.deepEqual(Object.keys(examples).sort(), await exampleNames());
		assert.match(start!.output(), /Margaret\s+answered/);
		assert.equal((await credentials()).length, 1);
	});

	test('edits, own workflows and own credentials survive a second start, also when the sandbox has to move', async () => {
		const { examples, credential, agentAiPort } = await state();
		edited = examples['single-prompt.json']!;
		const before = await workflow(edited);
		const nodes = before.nodes.map((each) =>
			each.type === AGENT_AI ? { ...each, parameters: { ...each.parameters, message: 'My own prompt' } } : each,
		);
		await client.request('PATCH', `/rest/workflows/${edited}`, {
			name: 'Renamed by me',
			nodes,
			connections: before.connections,
			versionId: before.versionId,
			expectedChecksum: before.checksum,
		});
		own = await client.createWorkflow({
			name: 'My own workflow',
			...chain(
				node('Start', 'n8n-nodes-base.manualTrigger'),
				node(
					'Agent.ai',
					AGENT_AI,
					{ resource: 'openclaw', operation: 'chatCompletion', message: 'My own question' },
					{
						credentials: { agentAiApi: { id: credential.id, name: 'Agent.ai' } },
					},
				),
			),
		});
		await client.createCredential('My own account', {
			apiToken: 'mine',
			baseUrl: 'https://api-lr.agent.ai/v1',
			instanceIp: '',
			authToken: '',
		});
		await client.deleteWorkflow(examples['live-chat.json']!);

		await start!.stop();
		squatter = createServer();
		await new Promise<void>((resolve) => squatter!.listen(agentAiPort, '127.0.0.1', resolve));
		await again();

		assert.match(start!.output(), new RegExp(`Port ${agentAiPort} is taken`));
		assert.notEqual((await state()).agentAiPort, agentAiPort);
		assert.equal((await credentials()).length, 2);
		const kept = await workflow(edited);
		assert.equal(kept.name, 'Renamed by me');
		const execution = await client.run(edited, 'When clicking Execute workflow');
		assert.equal(kept.nodes.find(({ type }) => type === AGENT_AI)?.parameters.message, 'My own prompt');
		assert.ok(answered(execution));
		assert.ok(answered(await client.run(own.id, 'Start')));
	});

	test('only the example that was missing is imported, and none twice', async () => {
		const { examples } = await state();
		assert.equal((await workflow(examples['live-chat.json']!)).name, (await readExample('live-chat.json')).name);
		const names = (await client.listWorkflows()).map(({ name }) => name);
		assert.deepEqual(
			names.filter((name, index) => names.indexOf(name) !== index),
			[],
		);
	});

	test('a third start builds nothing, imports nothing and keeps its port', async () => {
		const before = await state();
		await again();
		assert.doesNotMatch(start!.output(), /Building|imported/);
		assert.deepEqual({ ...(await state()), running: undefined }, { ...before, running: undefined });
		assert.ok(answered(await client.run(own.id, 'Start')));
	});

	test('a second npm start beside a running one is refused, with its address', async () => {
		await assert.rejects(Start.run(home), new RegExp(`already running at ${start!.url}`));
	});

	test('a credential that a person pointed somewhere else is left alone', async () => {
		const { credential } = await state();
		const theirs = { apiToken: 'theirs', baseUrl: 'https://api-lr.agent.ai/v1', instanceIp: '', authToken: '' };
		await client.request('PATCH', `/rest/credentials/${credential.id}`, { name: 'Mine now', type: 'agentAiApi', data: theirs });
		await again();
		const saved = await client.request<{ name: string; data: { baseUrl: string } }>(
			'GET',
			`/rest/credentials/${credential.id}?includeData=true`,
		);
		assert.deepEqual([saved.name, saved.data.baseUrl], ['Mine now', theirs.baseUrl]);
		assert.notEqual((await state()).credential.id, credential.id);
	});

	test('n8n that is killed under it is said, and npm start ends with it', async () => {
		assert.equal(await start!.killN8n(), 1);
		assert.match(start!.output(), /n8n stopped \(SIGKILL\).*run it again/);
	});

	test('an unknown option is refused in words', () => {
		assert.throws(
			() => execFileSync(process.execPath, ['--import', 'tsx', join(ROOT, 'scripts/start.mts'), '--opnclaw'], { cwd: ROOT, stdio: 'pipe' }),
			(error: { status: number; stderr: Buffer }) => error.status === 2 && /--opnclaw.*--help lists/.test(error.stderr.toString()),
		);
	});
});
