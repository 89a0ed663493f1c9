import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { OWN_PROVIDERS, SEVERAL_AGENTS } from '../sandbox/gatewayCases.mts';
import { asked, askedBy, type OpenClawStage, openOpenClawStage, outcomeOf, run, typed, workflowOf } from './openclawStage.mts';
import { AGENT_AI, agentAiNode, chain, node, postWhenReady, until } from './support.mts';

const said = (text: string) => `You said: ${text}`;

describe('the node on a real OpenClaw with several agents', () => {
	let stage: OpenClawStage;

	before(async () => {
		stage = await openOpenClawStage({
			agents: SEVERAL_AGENTS,
			providers: OWN_PROVIDERS,
			// loopback counts like any other address, as agent.ai's does
			lockout: { maxAttempts: 8, lockoutMs: 10_000 },
		});
	});

	after(async () => {
		await stage.close();
	});

	const calls = () => stage.openClaw.model.calls;

	test('Automatic finds the instance; the item is the ActionResponse, with the tokens used', async () => {
		const { items, texts } = await run(stage, {});
		assert.deepEqual(texts, [said('hello')]);
		const { status, response } = items[0] as { status: number; response: Record<string, unknown> };
		assert.equal(status, 200);
		assert.deepEqual(Object.keys(response).sort(), ['model', 'response_text', 'run_id', 'usage']);
	});

	test('Get Details names the running instance', async () => {
		const { items } = await run(stage, { operation: 'getDetails', output_variable_name: 'openclaw' });
		assert.equal((items[0]?.openclaw as { status: string }).status, 'running');
		assert.equal((items[0]?.openclaw as { instance_ip: string }).instance_ip, stage.openClaw.gateway.address);
	});

	describe('agents', () => {
		test('by Agent', async () => {
			const { texts } = await run(stage, { agent_id: typed('research') }, [{ prompt: 'by agent' }]);
			assert.deepEqual(texts, [said('by agent')]);
			assert.match(askedBy(await asked(stage, 'by agent')) ?? '', /^agent:research:openai:/);
		});

		for (const model of ['openclaw:research', 'openclaw/research', 'agent:research']) {
			test(`by the model ${model}`, async () => {
				const { texts } = await run(stage, { options: { model } }, [{ prompt: `by ${model}` }]);
				assert.deepEqual(texts, [said(`by ${model}`)]);
				assert.match(askedBy(await asked(stage, `by ${model}`)) ?? '', /^agent:research:openai:/);
			});
		}

		test('openclaw/default names no agent where there are several, and the gateway says so', async () => {
			const before = calls().length;
			const { errors } = await run(stage, { options: { model: 'openclaw/default' } });
			assert.match(errors[0] ?? '', /Multiple agents are configured/);
			assert.equal(calls().length, before);
		});

		test('an unknown agent', async () => {
			assert.match((await run(stage, { agent_id: typed('nobody') })).errors[0] ?? '', /Unknown agent 'nobody'/);
		});
	});

	describe('conversations', () => {
		test('by earlier messages', async () => {
			const messages_json = '[{"role":"user","content":"I am Ada"},{"role":"assistant","content":"Hello Ada"}]';
			const { texts } = await run(stage, { options: { messages_json } }, [{ prompt: 'Who am I?' }]);
			assert.deepEqual(texts, ['You said: Who am I? (turn 2; before that: I am Ada)']);
		});

		test('by session key, over executions, on both agents', async () => {
			for (const agent of ['main', 'research']) {
				const turn = async (prompt: string) =>
					(await run(stage, { agent_id: typed(agent), session_key: typed('Customer-1') }, [{ prompt }])).texts[0];
				assert.equal(await turn(`${agent} one`), said(`${agent} one`));
				assert.equal(askedBy(await asked(stage, `${agent} one`)), `agent:${agent}:customer-1`);
				assert.equal(await turn(`${agent} two`), `You said: ${agent} two (turn 2; before that: ${agent} one)`);
			}
		});

		test('20 rows on one new session are 20 turns, in order', async () => {
			const rows = Array.from({ length: 20 }, (_, row) => ({ prompt: `row ${row}` }));
			const { texts } = await run(stage, { session_key: typed('one-for-twenty'), options: { maxConcurrency: 10 } }, rows);
			assert.deepEqual(
				texts,
				rows.map(({ prompt }, row) => (row === 0 ? said(prompt) : `You said: ${prompt} (turn ${row + 1}; before that: row ${row - 1})`)),
			);
		});

		test('20 rows on 20 new sessions', async () => {
			const rows = Array.from({ length: 20 }, (_, row) => ({ prompt: `alone ${row}`, session: `alone-${row}` }));
			const { texts } = await run(stage, { session_key: typed('={{ $json.session }}'), options: { maxConcurrency: 4 } }, rows);
			assert.deepEqual(
				texts,
				rows.map(({ prompt }) => said(prompt)),
			);
		});

		test('two executions at once on one new session wait for each other', async () => {
			const id = await workflowOf(stage, { session_key: typed('met-here') }, [{ prompt: '[[delay 1500]] met' }]);
			const executions = await Promise.all([1, 2].map(async () => await stage.client.startRun(id, 'Start')));
			const outcomes = await Promise.all(executions.map(async (each) => outcomeOf(await stage.client.finished(each))));
			assert.deepEqual(outcomes.flatMap(({ texts }) => texts).sort(), [said('met'), 'You said: met (turn 2; before that: met)']);
		});
	});

	describe('Output Fields', () => {
		/** The scripted model fills the fields that it is asked for, unless it is told what to say. */
		const field = [{ name: 'word' }, { name: 'number', type: 'number', required: true }];
		const options = { outputFields: { field }, includeRequestInfo: true };
		const columnsOf = (row: Record<string, unknown> | undefined) => row?.openclaw_result as Record<string, unknown>;

		for (const session of ['', 'columns-here']) {
			test(`a bad answer, then a good one, ${session ? 'in the same session' : 'after the conversation so far'}`, async () => {
				const bad = `{"word":"badly${session}","number":"a few"}`;
				const before = calls().length;
				const { items } = await run(stage, { session_key: typed(session), options }, [{ prompt: `[[say ${bad}]] columns` }]);
				const { number, first_response_text, repairs } = columnsOf(items[0]);
				assert.deepEqual([typeof number, first_response_text, repairs], ['number', bad, 1]);
				const [first, question, ...more] = calls().slice(before);
				assert.equal(more.length, 0);
				assert.equal(question?.earlier.length, 1);
				assert.match(
					question.message,
					/^Your last answer could not be used: "number" must be a number .* “a few” was found\..*Use no tools/s,
				);
				if (session) assert.equal(askedBy(question), askedBy(first));
				assert.equal((items[0]?.request as { tries: number }).tries, 2);
			});
		}

		test('a model that reaches for a tool on the question all the same: its answer behind the tool counts, and nothing is sent again', async () => {
			// the question quotes what did not fit, which tells the scripted model to run a tool
			const bad = '{"number":"\\u005b\\u005btool sessions_list {}\\u005d\\u005d"}';
			const before = calls().length;
			const { items } = await run(stage, { options }, [{ prompt: `[[say ${bad}]] a tool` }]);
			const { number, repairs } = columnsOf(items[0]);
			assert.deepEqual([typeof number, repairs], ['number', 1]);
			assert.equal((items[0]?.request as { tries: number }).tries, 2);
			// the first turn; the question, before and after the tool
			const made = calls().slice(before);
			assert.equal(made.length, 3);
			for (const { message } of made.slice(1)) assert.match(message, /Use no tools/);
		});
	});

	describe('streaming', () => {
		test('gives the same item, also with a tool in between', async () => {
			const { texts } = await run(stage, { options: { stream: true } }, [
				{ prompt: 'one two three' },
				{ prompt: '[[tool sessions_list {"limit":1}]] after the tool' },
			]);
			assert.deepEqual(texts, [said('one two three'), said('after the tool')]);
		});

		test('shows the first words before the last are thought of', async () => {
			const path = `openclaw-${Date.now()}`;
			const hook = node(
				'Webhook',
				'n8n-nodes-base.webhook',
				{ path, httpMethod: 'POST', responseMode: 'streaming' },
				{ typeVersion: 2.1, webhookId: path },
			);
			const { id } = await stage.client.createWorkflow({
				name: 'streaming',
				...chain(hook, agentAiNode(stage, { message: '={{ $json.body.say }}', options: { stream: true } })),
			});
			await stage.client.activate(id);
			const words = Array.from({ length: 12 }, (_, word) => `word${word}`).join(' ');
			const answer = await postWhenReady(`${stage.server.url}/webhook/${path}`, { say: `[[pieces 250]] ${words}` });
			const arrivals: number[] = [];
			let text = '';
			for await (const bytes of answer.body!) {
				arrivals.push(performance.now());
				text += new TextDecoder().decode(bytes as Uint8Array);
			}
			const pieces = text
				.split('\n')
				.filter(Boolean)
				.map((line) => (JSON.parse(line) as { content?: string }).content ?? '');
			assert.equal(pieces.join(''), said(words));
			assert.ok(arrivals.at(-1)! - arrivals[0]! > 1_500, `all pieces came within ${arrivals.at(-1)! - arrivals[0]!} ms`);
			await stage.client.deactivate(id);
		});
	});

	describe('tools', () => {
		const invoke = async (tool: string, args: object = {}, more: object = {}) =>
			await run(stage, {
				operation: 'invokeTool',
				tool: typed(tool),
				args_json: JSON.stringify(args),
				output_variable_name: 'tool_result',
				...more,
			});

		test('one that is allowed, in the main session and in one of another agent', async () => {
			const { items } = await invoke('sessions_list', { limit: 1 }, { session_key: typed('main') });
			assert.equal((items[0]?.tool_result as { ok: boolean }).ok, true);
			const agents = await invoke('agents_list', {}, { session_key: typed('agent:research:main') });
			assert.match(JSON.stringify(agents.items[0]), /"requester":"research"/);
		});

		test('one that HTTP refuses', async () => {
			const { errors } = await invoke('sessions_send', { sessionKey: 'agent:main:main', message: 'x' });
			assert.match(errors[0] ?? '', /not available/);
		});

		test('one whose input is wrong, and one that fails', async () => {
			assert.match((await invoke('sessions_history')).errors[0] ?? '', /sessionKey required/);
			assert.match((await invoke('message', { action: 'send' })).errors[0] ?? '', /tool execution failed/);
		});

		test('one that says ok and reports an error', async () => {
			const { errors } = await invoke('sessions_history', { sessionKey: 'agent:nobody:x' });
			assert.match(errors[0] ?? '', /Unknown agent id "nobody"/);
		});
	});

	describe('lists', () => {
		interface ListResult {
			results: { name: string; value: string }[];
		}
		const list = async (methodName: string, filter?: string) =>
			await stage.client.request<ListResult>('POST', '/rest/dynamic-node-parameters/resource-locator-results', {
				path: 'parameters.any',
				nodeTypeAndVersion: { name: AGENT_AI, version: 1 },
				currentNodeParameters: { instance: 'automatic' },
				credentials: { agentAiApi: stage.credential },
				methodName,
				...(filter ? { filter } : {}),
			});

		test('agents, those included that have only sessions', async () => {
			await run(stage, { agent_id: typed('research'), session_key: typed('listed') });
			const agents = (await list('searchOpenClawAgents')).results.map(({ value }) => value);
			assert.ok(agents.includes('main') && agents.includes('research'), JSON.stringify(agents));
		});

		test('sessions with a name, searched on the instance', async () => {
			await run(stage, { session_key: typed('findable-one') });
			const found = (await list('searchSessions', 'findable')).results;
			assert.deepEqual(
				found.map(({ value }) => value),
				['agent:main:findable-one'],
			);
			const all = (await list('searchSessions')).results;
			assert.ok(!all.some(({ value }) => value.includes(':openai:')));
		});
	});

	test('Stop reaches the model, and the stopped message opens the next prompt of its session', async () => {
		const id = await workflowOf(stage, { session_key: typed('stopped') }, [{ prompt: '[[delay 60000]] stop me' }]);
		const executionId = await stage.client.startRun(id, 'Start');
		const call = await asked(stage, 'stop me');
		await stage.client.stopExecution(executionId);
		await until('the model to be left', () => Promise.resolve(call.abandoned || undefined), 5_000);
		assert.equal((await stage.client.finished(executionId)).status, 'canceled');
		const { texts } = await run(stage, { session_key: typed('stopped') }, [{ prompt: 'and now?' }]);
		assert.deepEqual(texts, ['You said: and now? (turn 2; before that: stop me)']);
	});

	test('failures of the model provider, told apart', async () => {
		const rows = [
			{ prompt: '[[fail 500]] x', agent: 'broken' },
			{ prompt: '[[cut]] one two three', agent: 'research' },
			{ prompt: '[[fail 401]] x', agent: 'keyless' },
			{ prompt: '[[fail 402]] x', agent: 'moneyless' },
			{ prompt: '[[empty]] x', agent: 'main' },
			{ prompt: 'fine', agent: 'main' },
		];
		const before = calls().filter(({ message }) => message.includes('fine')).length;
		const { texts, errors } = await run(
			stage,
			{ agent_id: typed('={{ $json.agent }}'), options: { timeout: 300, maxConcurrency: 6, includeInputFields: true } },
			rows,
			'continueErrorOutput',
		);
		assert.deepEqual(texts, [said('fine')]);
		const [failed = '', cut = '', key = '', money = '', empty = ''] = errors;
		assert.match(failed, /upstream provider error/);
		assert.match(cut, /upstream provider timeout/);
		assert.match(key, /model provider/);
		assert.match(money, /provider/);
		assert.doesNotMatch(money, /agent\.ai account has no credits/);
		assert.match(empty, /internal error/);
		assert.equal(calls().filter(({ message }) => message.includes('fine')).length, before + 1);
	});

	test('a wrong gateway token costs what was in flight, and the lockout is told apart from it', async () => {
		const { bridge, gateway } = stage.openClaw;
		const rows = Array.from({ length: 40 }, (_, row) => ({ prompt: `wrong ${row}` }));
		const wrong = { instance: 'defineBelow', instance_ip: gateway.address, options: { maxConcurrency: 4 } };
		const send = async (token: string) => {
			const before = bridge.requests.length;
			const { errors } = await run(stage, { ...wrong, auth_token: token }, rows, 'continueErrorOutput');
			return { errors, sent: bridge.requests.length - before };
		};
		const first = await send('not-the-token');
		assert.equal(first.errors.length, 40);
		assert.match(first.errors[0] ?? '', /did not accept its auth token/);
		assert.ok(first.sent <= 4, `${first.sent} wrong tokens were sent`);
		assert.equal((await send('not-the-token')).sent, 0, 'the next run does not try it again at once');
		// others fill the gateway's count: the node itself leaves an instance alone long before
		let token = 0;
		await until('the gateway to lock the bridge out', async () => {
			const { status } = await fetch(`http://${gateway.address}/v1/chat/completions`, {
				method: 'POST',
				headers: { authorization: `Bearer wrong-${++token}`, 'content-type': 'application/json' },
				body: '{}',
			});
			return status === 429 || undefined;
		});
		const locked = await run(stage, { options: { maxTries: 1, maxRateLimitWait: 0 } }, undefined, 'continueErrorOutput');
		assert.match(locked.errors[0] ?? '', /wrong|lock/i);
		await until('the lockout to pass', async () => (await run(stage, {}, undefined, 'continueErrorOutput')).texts[0], 60_000);
	});

	// last: it ends the gateway
	test('a gateway that is killed in mid-answer is one clear failure; after its restart the session remembers', async () => {
		const session = { session_key: typed('survivor') };
		await run(stage, session, [{ prompt: 'before' }]);
		const id = await workflowOf(stage, session, [{ prompt: '[[delay 60000]] killed' }]);
		const executionId = await stage.client.startRun(id, 'Start');
		await asked(stage, 'killed');
		await stage.openClaw.gateway.stop('SIGKILL');
		const { errors } = outcomeOf(await stage.client.finished(executionId));
		assert.match(errors[0] ?? '', /failed while working|broke|could not reach/);
		assert.match(errors[0] ?? '', /Retry Uncertain Failures/);

		const { errors: gone } = await run(stage, session);
		assert.match(gone[0] ?? '', /not running|cannot be reached/);

		await stage.openClaw.gateway.boot();
		// OpenClaw takes up the turn that was cut; while it does, the session refuses others ("changed while starting work")
		const text = await until('the session to answer again', async () => {
			const { texts, errors } = await run(stage, { ...session, options: { timeout: 120 } }, [{ prompt: 'after' }]);
			if (errors[0]) assert.match(errors[0], /internal error/);
			return texts[0];
		});
		assert.match(text, /^You said: after \(turn \d; before that: (before|killed|after)/);
	});
});
