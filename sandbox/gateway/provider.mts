import type { Script } from '../model/script.mts';
import { GatewayError } from './errors.mts';

/** How long the gateway leaves a key alone after its provider refused it, in ms (measured with openclaw 2026.9.6). */
const COOLDOWN_MS: Record<number, number> = { 401: 60_000, 402: 600_000, 403: 60_000 };

/** A pretended model provider: it fails as the message says, and its key is out of use for a while after a refusal. */
export class Provider {
	private disabledUntil = 0;

	constructor(private readonly name: string) {}

	/**
	 * @param now epoch in ms
	 * @throws GatewayError what the gateway makes of the provider's failure
	 */
	check({ fail, end }: Script, now: number): void {
		if (now < this.disabledUntil) {
			const minutes = Math.ceil((this.disabledUntil - now) / 60_000);
			throw GatewayError.internal(
				`Inline API key for provider "${this.name}" is temporarily disabled after a provider auth/billing failure. Retry after about ${minutes} minute${minutes === 1 ? '' : 's'}, or switch to a different auth profile/API key.`,
			);
		}
		if (fail !== undefined) {
			this.disabledUntil = now + (COOLDOWN_MS[fail] ?? 0);
			throw failure(fail);
		}
		if (end === 'cut') throw new GatewayError(408, 'api_error', 'upstream provider timeout');
		if (end === 'empty') throw GatewayError.internal();
	}
}

function failure(status: number): GatewayError {
	const message = `${status} The scripted model fails with ${status}`;
	if (status === 401 || status === 403) return new GatewayError(status, 'authentication_error', message);
	if (status === 402) return new GatewayError(402, 'insufficient_quota', message);
	if (status >= 500) return new GatewayError(502, 'api_error', 'upstream provider error');
	return new GatewayError(status, 'invalid_request_error', message);
}
