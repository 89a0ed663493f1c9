/** The gateway's own error: a plain answer with its status, or an event inside a stream. */
export class GatewayError extends Error {
	/**
	 * @param status of a plain answer; a stream is 200 by then
	 * @param type as the gateway names the kind
	 * @param plainMessage what a plain answer says, where it hides the reason that a stream tells
	 */
	constructor(
		readonly status: number,
		readonly type: string,
		message: string,
		readonly plainMessage = message,
	) {
		super(message);
		this.name = 'GatewayError';
	}

	static invalid(message: string): GatewayError {
		return new GatewayError(400, 'invalid_request_error', message);
	}

	/** What the gateway says of everything that it did not expect. */
	static internal(reason = 'internal error'): GatewayError {
		return new GatewayError(500, 'api_error', reason, 'internal error');
	}
}
