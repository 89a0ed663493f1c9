import type { FailureTraits, Job, NotSentReason } from './types';

/** What is known of the groups of jobs that fail together, such as those of one instance and its token. */
export class Groups<F extends FailureTraits> {
	private readonly known = new Map<string, { answered: boolean; refused?: NotSentReason<F> }>();

	/** Why a job of this group is not sent any more, `undefined` when it may be. */
	refusal({ group }: Job<unknown, F>): NotSentReason<F> | undefined {
		return group === undefined ? undefined : this.known.get(group)?.refused;
	}

	noteAnswer({ group }: Job<unknown, F>): void {
		if (group !== undefined) this.known.set(group, { ...this.known.get(group), answered: true });
	}

	/** Refuses the rest of a job's group, if its failure is one that they share. */
	noteFailure({ group }: Job<unknown, F>, failure: F): void {
		const { shared } = failure;
		if (shared?.scope !== 'group' || group === undefined) return;
		const known = this.known.get(group) ?? { answered: false };
		this.known.set(group, known);
		if (!(shared.untilAnswered && known.answered)) known.refused ??= { why: 'shared', failure };
	}
}
