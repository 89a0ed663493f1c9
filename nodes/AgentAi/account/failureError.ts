import type { Failure } from '../transport/types';

/** A failure on the way to the items' own requests; every item that needs the result fails with it. */
export class FailureError extends Error {
	constructor(readonly failure: Failure) {
		super(failure.message);
		this.name = 'FailureError';
	}
}
