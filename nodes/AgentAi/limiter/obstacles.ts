import type { Failure } from '../failures/failure';
import type { Shared } from '../failures/failureRow';
import { Belief, DOWN, SAID } from './belief';
import type { Clock } from './clock';

/** Failures in a row after which a place is down: undelivered ones, and such as may have run. */
const DOWN_AFTER = 2;
const DOWN_AFTER_UNCERTAIN = 3;
/** Different tokens that one instance refuses within so many ms, after which it is left alone: ten lock agent.ai out of it. */
const REFUSED_TOKENS = 5;
const REFUSED_TOKENS_WITHIN_MS = 60_000;
/** A refusal comes at once: a question that is under way for so long has been taken, and the others may go. */
const TAKEN_AFTER_MS = 3_000;
/** How long what nobody uses is remembered, and how often that is looked through, in ms. */
const KEPT_MS = 15 * 60_000;
const SWEEP_MS = 60_000;

/** Who wants to send. */
export interface Asker {
	/** When its run began, on the clock; -Infinity where its execution has asked before: a later round of a loop. */
	begunAt: number;
	/** A person who may have mended the cause has started it: by hand, or as a retry. */
	asksAtOnce?: boolean;
}

/** Why a request may not be sent now. */
export interface Block {
	failure: Failure;
	/** Since when this is known, and since when nothing had been answered, on the clock. */
	since: number;
	unansweredSince: number;
	/** When it is asked again by age, on the clock; `undefined` where that is left to the next run. */
	askedAt?: number;
	/** Until when, on the clock, if nothing changes before; `undefined` for a refusal, which nobody waits for. */
	until?: number;
}

/** What is known of one place: that it is down, or that it refuses. */
interface Place {
	usedAt: number;
	answeredAt?: number;
	failuresInARow: number;
	belief?: Belief<Failure>;
	/** When the question that is under way was put. */
	questionAt?: number;
	/** When it failed last in the way of its belief. */
	confirmedAt: number;
	/** Tokens that an instance has refused, and when. */
	refusedTokens?: Map<string, number>;
}

/**
 * What keeps all requests of an account, or of one of its instances, from being answered: it is down, or it refuses their
 * token. Found out by failures in a row; from then on one request at a time asks, at the times of a `Belief`, while those for
 * what is down wait and those that are refused are not sent. An answer ends it.
 *
 * An instance is named by `address token`, where the second part names the token without showing it.
 */
export class Obstacles {
	/** Whether anything has come back from the server yet. */
	heard = false;

	private readonly places = new Map<string, Place>();

	private readonly listeners = new Set<() => void>();

	private sweptAt: number;

	constructor(private readonly clock: Clock) {
		this.sweptAt = clock.now();
	}

	/** Calls whenever something is learned; gives what ends that. */
	onChange(listener: () => void): () => void {
		this.listeners.add(listener);
		return () => this.listeners.delete(listener);
	}

	/** What keeps a request from being sent now; `undefined` when it may be. */
	inFrontOf(instance: string | undefined, asker: Asker): Block | undefined {
		const now = this.clock.now();
		return this.blocks(instance, asker, now).find(({ until }) => until === undefined || until > now);
	}

	/** What a request goes to that is down, whether it may be asked just now or not. */
	downFor(instance: string | undefined, asker: Asker): Block | undefined {
		return this.blocks(instance, asker, this.clock.now()).find(({ failure }) => failure.shared?.as === 'down');
	}

	private blocks(instance: string | undefined, asker: Asker, now: number): Block[] {
		return namesOf(instance).flatMap((name) => {
			const place = this.places.get(name);
			return place?.belief ? [blockOf(place, place.belief, asker, now)] : [];
		});
	}

	/** Notes that a request starts which nothing stands in front of; gives what is to be called with its end. */
	begin(instance: string | undefined, asker: Asker): (end: Failure | 'answered') => void {
		const now = this.clock.now();
		this.forgetOld(now);
		const asked = namesOf(instance).filter((name) => {
			const place = this.places.get(name);
			if (!place?.belief || place.questionAt !== undefined) return false;
			place.questionAt = now;
			place.belief.ask(now, asker.asksAtOnce);
			return true;
		});
		return (end) => {
			this.heard ||= end === 'answered' || end.httpCode !== undefined;
			for (const name of asked) this.endQuestion(name);
			if (end === 'answered') for (const name of namesOf(instance)) this.noteAnswer(name, now);
			else this.noteFailure(instance, end, now);
			for (const listener of [...this.listeners]) listener();
		};
	}

	/** Ends a question; what is learned from it comes after. */
	private endQuestion(name: string): void {
		const place = this.places.get(name);
		if (place?.questionAt === undefined) return;
		place.questionAt = undefined;
		place.belief?.confirm(this.clock.now());
	}

	/** A request that had begun before its place went down proves nothing: a server that is told to end answers what it has taken. */
	private noteAnswer(name: string, begunAt: number): void {
		const now = this.clock.now();
		const place = this.places.get(name);
		const { belief } = place ?? {};
		if (place && belief?.held.shared?.as === 'down' && begunAt < belief.since) place.answeredAt = now;
		else this.places.set(name, { usedAt: now, answeredAt: now, failuresInARow: 0, confirmedAt: 0 });
	}

	private noteFailure(instance: string | undefined, failure: Failure, begunAt: number): void {
		const { shared } = failure;
		const own = shared && nameOf(shared, instance);
		for (const name of namesOf(instance)) if (name !== own && proves(name, own, failure)) this.noteAnswer(name, begunAt);
		if (shared && own !== undefined) this.learn(own, failure, shared);
		if (shared?.scope === 'token' && instance !== undefined) this.noteRefusedToken(instance, failure);
	}

	private learn(name: string, failure: Failure, { as, doubted }: Shared): void {
		const now = this.clock.now();
		const place = this.place(name);
		this.endQuestion(name);
		place.failuresInARow++;
		place.confirmedAt = now;
		const uncertain = failure.delivery === 'uncertain';
		const enough = as === 'down' ? (uncertain ? DOWN_AFTER_UNCERTAIN : DOWN_AFTER) : doubted && place.answeredAt !== undefined ? 2 : 1;
		if (place.belief || place.failuresInARow < enough) return;
		place.belief = new Belief(failure, now, as === 'down' ? DOWN : SAID);
	}

	private noteRefusedToken(instance: string, failure: Failure): void {
		const now = this.clock.now();
		const place = this.place(`refused ${addressOf(instance)}`);
		const tokens = (place.refusedTokens ??= new Map<string, number>());
		tokens.delete(instance);
		tokens.set(instance, now);
		for (const [token, at] of tokens) if (now - at > REFUSED_TOKENS_WITHIN_MS) tokens.delete(token);
		if (tokens.size >= REFUSED_TOKENS) place.belief ??= new Belief(failure, now, SAID);
	}

	private place(name: string): Place {
		const known = this.places.get(name);
		const place = known ?? { usedAt: 0, failuresInARow: 0, confirmedAt: 0 };
		place.usedAt = this.clock.now();
		if (!known) this.places.set(name, place);
		return place;
	}

	/** Every row may have an instance of its own: what is known of them is looked through once in a while. */
	private forgetOld(now: number): void {
		if (now - this.sweptAt < SWEEP_MS) return;
		this.sweptAt = now;
		for (const [name, { usedAt, questionAt }] of this.places) {
			if (now - usedAt > KEPT_MS && questionAt === undefined) this.places.delete(name);
		}
	}
}

/** All places that stand between a request and its answer, in this order. */
function namesOf(instance: string | undefined): string[] {
	if (instance === undefined) return ['down account', 'refused account'];
	const address = addressOf(instance);
	return ['down account', 'refused account', `down ${address}`, `refused ${address}`, `refused ${instance}`];
}

const addressOf = (instance: string) => instance.split(' ', 1)[0] as string;

/** The place of which a failure speaks; a request without an instance has only the account. */
function nameOf({ as, scope }: Shared, instance: string | undefined): string {
	if (scope === 'account' || instance === undefined) return `${as} account`;
	return `${as} ${scope === 'token' ? instance : addressOf(instance)}`;
}

/** Whether a failure proves that nothing is wrong at a place of which it does not speak. */
function proves(name: string, own: string | undefined, { httpCode, shared, delivery }: Failure): boolean {
	// something has come back
	if (name === 'down account') return httpCode !== undefined;
	const byInstance = own !== undefined && shared?.scope !== 'account';
	if (name === 'refused account') return byInstance;
	// what the limit refuses has not come so far
	if (name.startsWith('down ')) return byInstance || (own === undefined && httpCode !== undefined && delivery !== 'rateLimited');
	return false;
}

function blockOf({ questionAt, confirmedAt, answeredAt }: Place, belief: Belief<Failure>, asker: Asker, now: number): Block {
	const { shared } = belief.held;
	const askedAt = shared?.askedByEachRun ? Infinity : belief.nextAskAt;
	const block = {
		failure: belief.held,
		since: belief.since,
		unansweredSince: answeredAt ?? -Infinity,
		...(Number.isFinite(askedAt) ? { askedAt } : {}),
	};
	// whatever it is, the answer to the question that is under way tells
	if (questionAt !== undefined) return { ...block, until: questionAt + TAKEN_AFTER_MS };
	const dueAt = shared?.askedByEachRun && asker.begunAt > confirmedAt ? now : belief.dueAt(asker.asksAtOnce === true);
	return shared?.as === 'down' || dueAt <= now ? { ...block, until: dueAt } : block;
}
