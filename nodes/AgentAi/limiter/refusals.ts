import type { FailureTraits } from '../failures/delivery';
import type { Clock } from './clock';

/**
 * How long a refusal is believed by others than the run that met it, in ms. OpenClaw's gateway locks an address out for five
 * minutes after ten wrong tokens within one (its default): a loop or a sub-workflow for each row must ask less often than
 * that. A person who has mended the gateway waits half a minute at most; one who has mended the token does not wait, because
 * another token is another group.
 */
const BELIEVED_MS = 30_000;

interface Known<F> {
	answeredAt?: number;
	refused?: { failure: F; until: number };
}

/** What all runs of an account know of groups of requests that fail together: those of one instance and its token. */
export class Refusals<F extends FailureTraits> {
	private readonly groups = new Map<string, Known<F>>();

	private sweptAt: number;

	constructor(private readonly clock: Clock) {
		this.sweptAt = clock.now();
	}

	/** Why a request of this group needs not be sent now, `undefined` when it may be. */
	of(group: string | undefined): F | undefined {
		const refused = group === undefined ? undefined : this.groups.get(group)?.refused;
		return refused && refused.until > this.clock.now() ? refused.failure : undefined;
	}

	noteAnswer(group: string | undefined): void {
		if (group === undefined) return;
		const now = this.clock.now();
		this.forgetOld(now);
		this.groups.set(group, { answeredAt: now });
	}

	/** Notes a failure; one that the rest of its group does not share is passed over. */
	noteFailure(group: string | undefined, failure: F): void {
		const { shared } = failure;
		if (group === undefined || shared?.scope !== 'group') return;
		const now = this.clock.now();
		this.forgetOld(now);
		const { answeredAt = -Infinity } = this.groups.get(group) ?? {};
		if (shared.untilAnswered && now - answeredAt < BELIEVED_MS) return;
		this.groups.set(group, { refused: { failure, until: now + BELIEVED_MS } });
	}

	/** Every row may have an instance of its own: what is known of them is looked through once in a while. */
	private forgetOld(now: number): void {
		if (now - this.sweptAt < BELIEVED_MS) return;
		this.sweptAt = now;
		for (const [group, { answeredAt = 0, refused }] of this.groups) {
			if (Math.max(answeredAt + BELIEVED_MS, refused?.until ?? 0) <= now) this.groups.delete(group);
		}
	}
}
