import type { TimeScale } from '../job.mts';

/** Milliseconds on a clock that all processes of the machine share. */
export const monotonicMs = () => Number(process.hrtime.bigint()) / 1e6;

/**
 * Makes all clocks and timers of this process run faster, so that a limit of 20 requests a minute can be measured as
 * it is, header texts included, without waiting for minutes.
 *
 * @param scale as the server's own
 */
export function scaleTime({ factor, origin }: TimeScale): void {
	const RealDate = Date;
	const realTimeout = globalThis.setTimeout;
	const realPerformance = performance.now.bind(performance);
	const now = () => origin + (RealDate.now() - origin) * factor;
	globalThis.Date = new Proxy(RealDate, {
		construct: (target, args) => Reflect.construct(target, args.length === 0 ? [now()] : args) as object,
		get: (target, key, receiver) => (key === 'now' ? now : (Reflect.get(target, key, receiver) as unknown)),
	});
	performance.now = () => realPerformance() * factor;
	const faster = (callback: () => void, ms = 0, ...args: []) => realTimeout(callback, ms / factor, ...args);
	globalThis.setTimeout = Object.assign(faster, { __promisify__: realTimeout.__promisify__ }) as typeof setTimeout;
}
