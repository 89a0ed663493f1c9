import { type Failure, type FailureKind, sentences } from './failure';

/** All that a visitor of a chat reads of any failure: what happened is for its owner, and the words of a server are for nobody else. */
export const FOR_VISITORS = 'There is no answer right now. Please try again later.';

/** Kinds that speak of what a model has given, without saying what is wrong with it. */
const ABOUT_INPUT: FailureKind[] = ['badRequest', 'toolFailed'];

/**
 * A failure as a model reads it that has called the node as its tool: what happened, what the other side said, and what a model
 * can do about it; nothing of options and credentials, which it cannot turn.
 */
export function forModel(failed: Failure): Failure {
	const said = failed.said && `The response was: “${failed.said}”`;
	return { ...failed, description: sentences(adviceFor(failed), said) };
}

function adviceFor({ kind, delivery, description }: Failure): string {
	if (kind === 'badInput') return description;
	if (ABOUT_INPUT.includes(kind)) return 'Correct what you passed to this tool, then call it again';
	if (delivery === 'uncertain') return 'The work may have been done anyway: check before you call this tool again';
	if (delivery === 'final') return 'You cannot fix this: tell the person who runs this workflow';
	return 'Nothing was run: call this tool again later';
}
