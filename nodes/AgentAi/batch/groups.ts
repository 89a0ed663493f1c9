import type { Refusals } from '../limiter/refusals';
import type { FailureTraits, Job, NotSentReason } from './types';

/**
 * What one batch knows of the groups of jobs that fail together, such as those of one instance and its token: what it has met
 * itself holds to its end, what other runs of the account have met for as long as that is believed.
 */
export class Groups<F extends FailureTraits> {
	private readonly known = new Map<string, { answered: boolean; refused?: F }>();

	/** @param others what all runs of the account know */
	constructor(private readonly others?: Refusals<F>) {}

	/** Why a job of this group is not sent any more, `undefined` when it may be. */
	refusal({ group }: Job<unknown, F>): NotSentReason<F> | undefined {
		if (group === undefined) return undefined;
		const failure = this.known.get(group)?.refused ?? this.others?.of(group);
		return failure && { why: 'shared', failure };
	}

	noteAnswer({ group }: Job<unknown, F>): void {
		if (group === undefined) return;
		this.known.set(group, { ...this.known.get(group), answered: true });
		this.others?.noteAnswer(group);
	}

	/** Refuses the rest of a job's group, if its failure is one that they share. */
	noteFailure({ group }: Job<unknown, F>, failure: F): void {
		const { shared } = failure;
		if (shared?.scope !== 'group' || group === undefined) return;
		const known = this.known.get(group) ?? { answered: false };
		this.known.set(group, known);
		if (shared.untilAnswered && known.answered) return;
		known.refused ??= failure;
		this.others?.noteFailure(group, failure);
	}
}
