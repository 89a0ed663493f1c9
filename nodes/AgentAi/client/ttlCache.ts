import { type Failure, failure } from '../failures/failure';
import type { Result } from '../failures/result';

/** A question that is under way, and who waits for its answer. */
interface Question<T> {
	answer: Promise<Result<T>>;
	/** Ends it. */
	stop: AbortController;
	waiting: number;
}

interface Kept<T> {
	answer: Result<T>;
	askedAt: number;
}

/** What is over holds for so long where the question for it came to nothing, before it is put again, in ms. */
const HELD_OVER_MS = 10_000;

/** More credentials than one n8n process serves within the time to live. */
const MAX_ENTRIES = 100;

/**
 * Values kept in this process's memory for a while, each asked for once: whoever comes while the question is under way
 * waits for the same answer. A question belongs to nobody: it ends with the last who waits for it. One that comes to nothing says
 * nothing against what was known: that holds until there is an answer.
 */
export class TtlCache<T> {
	private readonly kept = new Map<string, Kept<T>>();

	private readonly questions = new Map<string, Question<T>>();

	/**
	 * @param ttlMs how long a value is kept, in ms
	 * @param failureTtlMs how long a failure is, from its end on
	 */
	constructor(
		private readonly ttlMs: number,
		private readonly failureTtlMs = 0,
	) {}

	/**
	 * Gives what is kept, or asks.
	 *
	 * @param isOld whether what is kept has to be asked for again, by its age in ms
	 */
	async get(
		key: string,
		ask: (signal: AbortSignal) => Promise<Result<T>>,
		signal?: AbortSignal,
		isOld: (value: T, ageMs: number) => boolean = () => false,
	): Promise<Result<T>> {
		for (;;) {
			const known = this.kept.get(key);
			const ageMs = known ? performance.now() - known.askedAt : Infinity;
			// what holds unless an answer says otherwise
			const held = known?.answer.ok && !isOld(known.answer.value, ageMs) ? known.answer : undefined;
			if (known && (known.answer.ok ? held && ageMs < this.ttlMs : ageMs < this.failureTtlMs)) return known.answer;
			if (signal?.aborted) return { ok: false, failure: failure('aborted') };
			const isMine = !this.questions.has(key);
			const answer = await this.wait(key, this.questions.get(key) ?? this.ask(key, ask), signal);
			if (held && !answer.ok) return held;
			// whoever asked may have waited less long for it than this one may
			if (answer.ok || isMine || !gaveUp(answer.failure)) return answer;
		}
	}

	/** Lets a value be asked for anew. */
	forget(key: string): void {
		const known = this.kept.get(key);
		if (known) this.keep(key, { ...known, askedAt: -Infinity });
	}

	private ask(key: string, ask: (signal: AbortSignal) => Promise<Result<T>>): Question<T> {
		const stop = new AbortController();
		const askedAt = performance.now();
		const kept = (answer: Result<T>) => {
			if (stop.signal.aborted) return answer;
			const known = this.kept.get(key)?.answer;
			if (answer.ok) this.keep(key, { answer, askedAt });
			else if (known?.ok) this.keep(key, { answer: known, askedAt: performance.now() - this.ttlMs + HELD_OVER_MS });
			else if (this.failureTtlMs > 0) this.keep(key, { answer, askedAt: performance.now() });
			return answer;
		};
		const answer = ask(stop.signal)
			.then(kept)
			.finally(() => this.end(key, question));
		const question: Question<T> = { stop, waiting: 0, answer };
		this.questions.set(key, question);
		return question;
	}

	private async wait(key: string, question: Question<T>, signal: AbortSignal | undefined): Promise<Result<T>> {
		const aborted: Result<T> = { ok: false, failure: failure('aborted') };
		question.waiting++;
		let leave = () => {};
		const left = new Promise<Result<T>>((resolve) => {
			leave = () => resolve(aborted);
			signal?.addEventListener('abort', leave);
		});
		try {
			return await Promise.race([question.answer, left]);
		} finally {
			signal?.removeEventListener('abort', leave);
			if (--question.waiting === 0) {
				// whoever comes next asks anew
				question.stop.abort();
				this.end(key, question);
			}
		}
	}

	private end(key: string, question: Question<T>): void {
		if (this.questions.get(key) === question) this.questions.delete(key);
	}

	private keep(key: string, kept: Kept<T>): void {
		this.kept.delete(key);
		this.kept.set(key, kept);
		if (this.kept.size > MAX_ENTRIES) this.kept.delete(this.kept.keys().next().value as string);
	}
}

/** It was not answered because nobody waited longer: the limit did not lift, or what was down did not come back. */
const gaveUp = ({ delivery }: Failure) => delivery === 'notDelivered' || delivery === 'rateLimited';
