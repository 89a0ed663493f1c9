import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { readExample, withCredential } from '../../scripts/examples.mts';
import { type Execution, type NodeRun, nodeRuns } from '../../scripts/n8n/client.mts';
import { ROOT } from '../../scripts/paths.mts';
import { activateChat, say } from './chats.mts';
import { Front, type FrontAnswer } from './front.mts';
import { runOnSchedule } from './scheduled.mts';
import { agentAiNode, openStage, rowNodes, type Stage, until } from './support.mts';

const ROWS = 60;
/** Rows at once: each may be lost at most, where nobody knows whether it was done. */
const AT_ONCE = 5;
/** How long a server is away. */
const AWAY_MS = 12_000;
/** Requests that find out that it is away, and that ask meanwhile: after 1, 2, 4 and 5 s, each of four if it is 5 s more. */
const MOST_ASKED = 2 * AT_ONCE + 5;
/** The next question may be 5 s away when it is back; the rest is for a machine that is busy. */
const MOST_LOST_MS = 15_000;

const openClawError = { message: 'Gateway is temporarily unavailable', type: 'service_unavailable', code: 'gateway_unavailable' };
const relayed = (status: number, error: unknown): FrontAnswer => ({
	status,
	body: JSON.stringify({ status, error, response: null }),
	headers: { 'content-type': 'application/json', 'retry-after': '1' },
});

interface Away {
	/** What is said in the place of the server. */
	instead?: FrontAnswer;
	/** What is under way ends with it. */
	cut?: true;
	/** Its name is gone. */
	dns?: true;
	/** Nobody knows of such an answer whether the work was done. */
	uncertain?: true;
}

/** What a server that is away looks like. Of some nobody knows whether the work was done: the rows that ask are lost. */
const CAUSES: Record<string, Away> = {
	'connection refused': {},
	'connection refused, and what was under way is cut': { cut: true },
	'no such host': { dns: true },
	'521 of a CDN': { instead: { status: 521, body: 'error code: 521' } },
	'503 of a gateway that restarts': { instead: relayed(503, openClawError) },
	'502 of a relay that cannot connect to the gateway': { instead: relayed(502, 'connect ECONNREFUSED 10.0.0.1:18789') },
	'502 of whoever stands in front': { instead: { status: 502, body: '<html><h1>502 Bad Gateway</h1></html>' }, uncertain: true },
	'503 of whoever stands in front': { instead: { status: 503, body: 'Service unavailable' }, uncertain: true },
};

describe('a server that is away while a real n8n sends rows', () => {
	let stage: Stage;
	const fronts: Front[] = [];
	/** Hosts that are on loopback for n8n; they are written into a file that it reads. */
	const hosts = new Set<string>();
	const hostsFile = join(tmpdir(), `n8n-nodes-agent-ai-hosts-${process.pid}`);

	before(async () => {
		const env = { NODE_OPTIONS: `--require ${join(ROOT, 'test/e2e/resolver.cjs')}`, HOSTS_ON_LOOPBACK: hostsFile };
		await writeFile(hostsFile, '');
		stage = await openStage({ latencyMs: 150 }, env);
	});

	after(async () => {
		for (const front of fronts) await front.close(true);
		await rm(hostsFile, { force: true });
		await stage.close();
	});

	const resolves = async (host: string, does: boolean) => {
		hosts[does ? 'add' : 'delete'](host);
		await writeFile(hostsFile, [...hosts].join(' '));
	};

	/** The server under an address of its own, which is an account of its own to the node, and how it goes away and comes back. */
	async function addressFor({ instead, cut, dns }: Away, isUp: boolean) {
		const front = await Front.start(stage.sandbox.origin);
		fronts.push(front);
		const host = dns ? `site-${fronts.length}.invalid` : '127.0.0.1';
		const set = async (up: boolean) => {
			if (dns) await resolves(host, up);
			else if (instead) front.instead = up ? undefined : instead;
			else if (up) await front.open();
			else await front.close(cut);
		};
		if (!isUp || dns) await set(isUp);
		const baseUrl = `${front.origin.replace('127.0.0.1', host)}/v1`;
		return { front, set, credential: await stage.client.createCredential('Away', { ...stage.credentialData, baseUrl }) };
	}

	/** What the agent was told of a trial. */
	const sentOf = (name: string) => stage.sandbox.agent.runs.flatMap(({ message }) => (message.startsWith(`${name} `) ? [message] : []));

	interface Trial {
		name: string;
		moment: 'start' | 'middle';
		onError: string;
	}

	/** Lets the server go away under a scheduled run and come back; gives how the run ended. */
	async function carryOut({ name, moment, onError }: Trial, address: Awaited<ReturnType<typeof addressFor>>) {
		const { front, set } = address;
		const rows = Array.from({ length: ROWS }, (_, row) => ({ prompt: `${name} ${row}` }));
		const sent = agentAiNode(address, { options: { maxConcurrency: AT_ONCE } }, { onError });
		const { executionId } = await runOnSchedule(stage, [...rowNodes(rows), sent]);
		if (moment === 'middle') {
			await until('the middle', () => Promise.resolve(sentOf(name).length >= ROWS / 4 || undefined));
			await set(false);
		}
		await sleep(AWAY_MS);
		await set(true);
		const backAt = performance.now();
		const execution = await stage.client.finished(executionId);
		const lostMs = Math.min(...front.passedAt.filter((at) => at > backAt)) - backAt;
		return { execution, lostMs };
	}

	/** The answers of a run, and what it says of the other rows. */
	function outcome(execution: Execution) {
		const last = nodeRuns(execution, 'Agent.ai').at(-1);
		const [answered = [], failed = []] = (last?.data?.main ?? []).map((items) => (items ?? []).map(({ json }) => json));
		return { answered, failed: failed.map(({ error }) => error as { description: string }), error: last?.error, hint: last?.hints?.[0] };
	}

	/** Stop mode: the run has ended with what may have been done, and Retry sends that, as it says, and all that was not sent. */
	async function judgeRetry(name: string, { id, error }: { id: string; error: NodeRun['error'] }) {
		assert.match(error?.description ?? '', /Retry includes (this item|items? \d+[^,]*(, \d+)*)[ …]*, which may run a second time/);
		const before = sentOf(name);
		assert.equal(new Set(before).size, before.length);
		const retried = await stage.client.retry(id, false);
		assert.equal(outcome(retried).answered.length, ROWS, `${name}: ${outcome(retried).error?.message}`);
		const sent = sentOf(name);
		assert.equal(new Set(sent).size, ROWS);
		assert.ok(sent.length - ROWS <= AT_ONCE, `${sent.length - ROWS} rows of ${name} were sent twice`);
	}

	async function judge(trial: Trial, how: Away, front: Front, { execution, lostMs }: Awaited<ReturnType<typeof carryOut>>) {
		const { name, moment, onError } = trial;
		const { answered, failed, error, hint } = outcome(execution);
		const mayLose = how.uncertain === true || (how.cut === true && moment === 'middle');
		const lost = Number.isFinite(lostMs) ? `${Math.round(lostMs / 100) / 10} s from its return to the next request; ` : '';
		console.log(`${name}: ${front.refused} asked meanwhile; ${lost}${error?.message ?? hint?.message}`);
		if (mayLose && onError === 'stopWorkflow') return await judgeRetry(name, { id: execution.id, error });
		assert.equal(error, undefined, name);
		assert.equal(answered.length + failed.length, ROWS, name);
		assert.ok(failed.length <= (mayLose ? MOST_ASKED : 0), `${failed.length} rows of ${name} were lost`);
		for (const { description } of failed) assert.match(description, /may (already )?have/);
		assert.match(hint?.message ?? '', /down from \d\d:\d\d:\d\d UTC to \d\d:\d\d:\d\d UTC/);
		assert.ok(front.refused <= MOST_ASKED, `${front.refused} of ${name} asked while it was away`);
		assert.ok(lostMs <= MOST_LOST_MS, `${name}: ${lostMs} ms from its return to the next request`);
		const sent = sentOf(name);
		assert.equal(new Set(sent).size, sent.length, `a row of ${name} was sent twice`);
		// what was cut may have been done
		assert.ok(sent.length >= answered.length && sent.length <= ROWS);
	}

	for (const [cause, how] of Object.entries(CAUSES)) {
		test(`${cause}: at the start of a scheduled run and in the middle, in both modes, with a chat beside`, async () => {
			const trials = (['start', 'middle'] as const).flatMap((moment) =>
				['continueErrorOutput', 'stopWorkflow'].map((onError): Trial => ({ moment, onError, name: `${cause}, ${moment}, ${onError}` })),
			);
			const addresses = await Promise.all(trials.map(async ({ moment }) => await addressFor(how, moment === 'middle')));
			const ended = Promise.all(trials.map(async (trial, index) => await carryOut(trial, addresses[index]!)));
			const live = await activateChat(stage, withCredential(await readExample('live-chat.json'), addresses[0]!.credential));
			await sleep(AWAY_MS / 2);
			const said = await (await say(live.chat, 'anybody there?', cause)).text();
			await stage.client.deactivate(live.id);
			const outcomes = await ended;
			for (const [index, trial] of trials.entries()) await judge(trial, how, addresses[index]!.front, outcomes[index]!);
			// where nobody knows whether it was done, the visitor reads that there is no answer
			assert.match(said, how.uncertain ? /"You "|no answer|could not/i : /"You "/);
		});
	}
});
