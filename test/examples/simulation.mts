import { SortedList } from '../../nodes/AgentAi/batch/queue.ts';
import type { WorkflowJson, WorkflowNode } from '../../scripts/n8n/client.mts';
import { DataTable, type Row } from './dataTable.mts';
import { type Json, type Step, Workflow } from './workflow.mts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

export interface Night {
	rows: number;
	/** Processes that run executions; each runs so many at once. */
	workers: number;
	concurrency: number;
	/** Requests that the account may start in a minute. */
	perMinute: number;
	/** How long an agent takes at least and at most, in ms. */
	latencyMs: [number, number];
	/** Mean time between two deaths of anything, in ms; `Infinity` for none. */
	deathEveryMs: number;
	/** What may die; `plain` is one n8n that is main and worker in one. */
	mortal: ('worker' | 'main' | 'redis' | 'postgres' | 'plain')[];
	/** Share of rows that fail by themselves. */
	bad: number;
	seed: number;
	/** Longest night, in ms. */
	untilMs: number;
}

export interface Outcome {
	table: DataTable;
	/** Requests that an agent answered or worked on. */
	sent: number;
	/** Rows sent while another run that lives had sent them and not written back yet: never the fault of a death. */
	sentBeside: number;
	/** Answers that were paid for and not written. */
	thrownAway: number;
	/** Rows that had been sent and not written back when what ran them, or its database, died. */
	lostInFlight: number;
	deaths: number;
	/** Most rows that were claimed at once. */
	mostClaimed: number;
	/** Most executions under way at once, and most jobs waiting for a worker. */
	mostRunning: number;
	mostWaiting: number;
	endedAtMs: number;
}

interface Process {
	id: number;
	alive: boolean;
	running: Set<Execution>;
}

interface Execution {
	id: string;
	process: Process;
	/** Rows sent and not written back yet. */
	unwritten: Set<number>;
}

/** A small generator of random numbers that starts anew from a seed (mulberry32). */
function randomFrom(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** Runs an example's own rules in virtual time: processes, a limit that all share, and deaths at random moments. */
export function simulate(json: WorkflowJson, trigger: string, everyMs: number, night: Night): Outcome {
	return new Simulation(json, trigger, everyMs, night).run();
}

class Simulation {
	private readonly workflow: Workflow;
	private readonly events = new SortedList<{ at: number; order: number; act: () => void }>((a, b) => a.at - b.at || a.order - b.order);
	private readonly random: () => number;
	private readonly outcome: Outcome;
	private readonly processes: Process[];
	private readonly sending = new Map<number, Execution>();
	private waiting: string[] = [];
	private executions = 0;
	private now = 0;
	private scheduled = 0;
	private mainUp = true;
	private redisUp = true;
	private postgresUp = true;
	/** The account's window, and who waits for its room. */
	private window = { endsAt: 0, used: 0 };
	private line: { since: number; execution: Execution; granted: () => void; denied: () => void; maxWaitMs: number }[] = [];

	constructor(
		json: WorkflowJson,
		private readonly trigger: string,
		private readonly everyMs: number,
		private readonly night: Night,
	) {
		this.workflow = new Workflow(json);
		this.random = randomFrom(night.seed);
		this.processes = Array.from({ length: night.workers }, (_, id) => ({ id, alive: true, running: new Set<Execution>() }));
		this.outcome = {
			table: new DataTable(Array.from({ length: night.rows }, (_, row) => `row ${row}`)),
			sent: 0,
			sentBeside: 0,
			thrownAway: 0,
			lostInFlight: 0,
			deaths: 0,
			mostClaimed: 0,
			mostRunning: 0,
			mostWaiting: 0,
			endedAtMs: 0,
		};
	}

	run(): Outcome {
		const { table } = this.outcome;
		this.tick();
		this.scheduleDeath();
		for (let event = this.events.shift(); event && event.at <= this.night.untilMs; event = this.events.shift()) {
			this.now = event.at;
			event.act();
			if (table.count('pending') + table.count('sending') === 0) break;
		}
		this.outcome.endedAtMs = this.now;
		return this.outcome;
	}

	private after(ms: number, act: () => void): void {
		this.events.push({ at: this.now + ms, order: this.scheduled++, act });
	}

	/** The schedule of main: every run is a job in Redis. */
	private tick(): void {
		this.after(this.everyMs, () => this.tick());
		if (!this.mainUp || !this.redisUp) return;
		this.waiting.push(new Date(this.now).toISOString());
		this.outcome.mostWaiting = Math.max(this.outcome.mostWaiting, this.waiting.length);
		this.takeJobs();
	}

	private takeJobs(): void {
		if (!this.redisUp) return;
		for (const process of [...this.processes].sort((a, b) => a.running.size - b.running.size)) {
			while (process.alive && process.running.size < this.night.concurrency && this.waiting.length > 0) {
				this.start(process, this.waiting.shift()!);
			}
		}
		this.outcome.mostRunning = Math.max(this.outcome.mostRunning, ...[this.processes.reduce((sum, { running }) => sum + running.size, 0)]);
	}

	private start(process: Process, triggeredAt: string): void {
		const execution: Execution = { id: String(++this.executions), process, unwritten: new Set() };
		process.running.add(execution);
		const { table } = this.outcome;
		const steps = this.workflow.run(this.trigger, triggeredAt, {
			id: execution.id,
			now: () => this.now,
			table,
			statement: (resume) =>
				this.after(2 + this.random() * 20, () => resume(this.postgresUp ? undefined : new Error('The database is down'))),
			wait: (ms) => (resume) => this.after(ms, () => resume()),
			send: (rows, node, into) => (resume) => this.send(execution, rows, node, into, resume),
			written: (row, failed, kept) => {
				execution.unwritten.delete(row.id);
				if (this.sending.get(row.id) === execution) this.sending.delete(row.id);
				if (!failed && !kept) this.outcome.thrownAway++;
			},
		});
		const advance = (failed?: Error) => {
			if (!process.running.has(execution)) return;
			let step: IteratorResult<Step, void>;
			try {
				step = failed ? steps.throw(failed) : steps.next();
			} catch {
				return this.end(execution, true);
			}
			this.outcome.mostClaimed = Math.max(this.outcome.mostClaimed, table.count('sending'));
			if (step.done) return this.end(execution, false);
			step.value(advance);
		};
		advance();
	}

	/** An execution has ended, or died with what it had under way. */
	private end(execution: Execution, died: boolean): void {
		if (died) this.outcome.lostInFlight += execution.unwritten.size;
		for (const id of execution.unwritten) if (this.sending.get(id) === execution) this.sending.delete(id);
		execution.process.running.delete(execution);
		if (!died) this.takeJobs();
		else this.after(0, () => this.takeJobs());
	}

	/** The Agent.ai node: so many at once, each start at its turn; what would wait too long for it is not sent, nor the rest. */
	private send(execution: Execution, rows: Row[], node: WorkflowNode, into: Json[], resume: () => void): void {
		const { maxConcurrency = 5, maxRateLimitWait = 900 } = node.parameters.options as Record<string, number>;
		let [next, inFlight, settled, halted, applying] = [0, 0, 0, false, false];
		const settle = (index: number, result: Json) => {
			into[index] = { ...result, ...rows[index] };
			settled++;
		};
		const pump = (): void => {
			if (!execution.process.running.has(execution)) return;
			while (halted && next < rows.length) settle(next++, { error: { message: 'Not sent', sendAgain: true } });
			if (settled === rows.length) return resume();
			if (applying || halted || next >= rows.length || inFlight >= maxConcurrency) return;
			applying = true;
			this.apply({
				since: this.now,
				execution,
				maxWaitMs: maxRateLimitWait * SECOND,
				granted: () => {
					applying = false;
					const index = next++;
					inFlight++;
					this.sentOne(execution, rows[index]!);
					const [least, most] = this.night.latencyMs;
					this.after(least + this.random() * (most - least), () => {
						inFlight--;
						settle(index, this.random() < this.night.bad ? { error: { message: 'Bad' } } : { openclaw_result: { response_text: 'yes' } });
						pump();
					});
					pump();
				},
				denied: () => {
					applying = false;
					halted = true;
					pump();
				},
			});
		};
		pump();
	}

	private sentOne(execution: Execution, { id }: Row): void {
		this.outcome.sent++;
		if (this.sending.has(id)) this.outcome.sentBeside++;
		this.sending.set(id, execution);
		execution.unwritten.add(id);
	}

	private apply(application: (typeof this.line)[number]): void {
		this.line.push(application);
		this.after(application.maxWaitMs, () => {
			const index = this.line.indexOf(application);
			if (index === -1) return;
			this.line.splice(index, 1);
			application.denied();
		});
		this.grant();
	}

	private grant(): void {
		if (this.now >= this.window.endsAt) this.window = { endsAt: this.now + MINUTE, used: 0 };
		while (this.line.length > 0 && this.window.used < this.night.perMinute) {
			const { execution, granted } = this.line.shift()!;
			if (!execution.process.running.has(execution)) continue;
			this.window.used++;
			granted();
		}
		if (this.line.length > 0) this.after(this.window.endsAt - this.now, () => this.grant());
	}

	private scheduleDeath(): void {
		const { deathEveryMs, mortal } = this.night;
		if (!Number.isFinite(deathEveryMs)) return;
		this.after(-Math.log(1 - this.random()) * deathEveryMs, () => {
			this.outcome.deaths++;
			this.kill(mortal[Math.floor(this.random() * mortal.length)]!);
			this.scheduleDeath();
		});
	}

	/** kill -9; what died comes back between a second and a minute later. */
	private kill(what: Night['mortal'][number]): void {
		const back = SECOND + this.random() * MINUTE;
		const revive = (act: () => void) => this.after(back, () => (act(), this.takeJobs()));
		if (what === 'worker' || what === 'plain') {
			const process = this.processes[Math.floor(this.random() * this.processes.length)]!;
			process.alive = false;
			for (const execution of [...process.running]) this.end(execution, true);
			revive(() => (process.alive = true));
		}
		if (what === 'plain') this.waiting = [];
		if (what === 'main' || what === 'plain') {
			this.mainUp = false;
			revive(() => (this.mainUp = true));
		}
		if (what === 'redis') {
			this.waiting = [];
			this.redisUp = false;
			revive(() => (this.redisUp = true));
		}
		if (what === 'postgres') {
			this.postgresUp = false;
			revive(() => (this.postgresUp = true));
		}
	}
}
