import { type Failure, failure, type FailureKind } from '../failures/failure';
import type { ActionResponse } from '../failures/result';
import { stateOf } from '../transport/answer';
import type { Outcome } from '../transport/readResponse';
import { systemClock } from './systemClock';

/** A webhook of an agent, as a person pasted its address. */
export interface WebhookAddress {
	/** The agent's id, which stands in the address. */
	agentId: string;
	/** The address that starts a run, without what stands behind the key. */
	url: string;
	/** The key: whoever has it can run the agent. */
	key: string;
	/** `later`: the answer is fetched when it is there; `run`: only the answer of a run that goes on already. */
	mode: 'now' | 'later' | { run: string };
}

const PATH = /^(\/(?:[\w.~-]{1,60}\/){0,5}agent\/([\w.~-]{1,200})\/webhook\/([^/]{1,500}))(?:\/(async|status\/([^/]{1,200})))?\/?$/;

/**
 * Reads the address of an agent's webhook: `…/agent/<id>/webhook/<key>`, with `/async` or `/status/<run_id>` behind it
 * where it was copied so. The host stays as it is.
 *
 * @returns `undefined` for any other address
 */
export function webhookAddress(typed: string): WebhookAddress | undefined {
	if (!URL.canParse(typed)) return undefined;
	const { protocol, origin, pathname, search } = new URL(typed);
	const [, path, agentId, key, way, run] = PATH.exec(pathname) ?? [];
	if (!/^https?:$/.test(protocol) || path === undefined || agentId === undefined || key === undefined) return undefined;
	return { agentId, key, url: `${origin}${path}${search}`, mode: run === undefined ? (way === undefined ? 'now' : 'later') : { run } };
}

/** Where a later answer of a webhook is asked for, or waited for. */
const laterUrl = ({ url }: WebhookAddress, way: 'async' | `status/${string}`) => url.replace(/(\?.*)?$/, (search) => `/${way}${search}`);

/** A text with the keys of webhooks taken out of the addresses in it. */
export const withoutWebhookKeys = (text: string, instead: string) => text.replace(/(\/webhook\/)[^/?#\s"']+/g, `$1${instead}`);

/** One request to a webhook: a GET without a body, or a POST with the agent's inputs. */
export type CallWebhook = (method: 'GET' | 'POST', url: string, timeoutSeconds: number) => Promise<Outcome>;

/** How often the answer of a run is asked for, in ms; public clients ask every 1 to 5 s. */
const ASK_EVERY_MS = 2_000;

/** Answers of a server that does not know the address. */
const REFUSED: FailureKind[] = ['agentToken', 'forbidden', 'html', 'notAnActionResponse', 'redirect', 'serviceRefused', 'unknownAction'];

/**
 * Runs an agent by its webhook, and waits for its answer where the address says that it comes later.
 *
 * @param timeoutSeconds for the whole of it
 */
export async function runWebhook(
	call: CallWebhook,
	address: WebhookAddress,
	timeoutSeconds: number,
	stopped = new AbortController().signal,
): Promise<Outcome> {
	const { mode, url } = address;
	if (mode === 'now') return ofWebhook(await call('POST', url, timeoutSeconds));
	const endsAt = systemClock.now() + timeoutSeconds * 1000;
	if (mode !== 'later') return ofWebhook(await answerOf(call, address, mode.run, endsAt, stopped));
	const started = await call('POST', laterUrl(address, 'async'), timeoutSeconds);
	if (!started.ok) return ofWebhook(started);
	const { run_id: id, response } = started.value as { run_id?: unknown; response?: unknown };
	const run = typeof id === 'string' || typeof id === 'number' ? String(id) : '';
	// an answer that is there already needs no second question
	if (run === '' || (response !== undefined && response !== null)) return started;
	return ofStarted(ofWebhook(await answerOf(call, address, run, endsAt, stopped)));
}

/** Asks for the answer of a run until it is there. A question that fails on its way is put again: the run goes on meanwhile. */
async function answerOf(call: CallWebhook, address: WebhookAddress, run: string, endsAt: number, stopped: AbortSignal): Promise<Outcome> {
	const url = laterUrl(address, `status/${encodeURIComponent(run)}`);
	for (;;) {
		const leftMs = endsAt - systemClock.now();
		// whatever the last question met, the run goes on: started anew it would be paid for twice
		if (leftMs <= 0) return { ok: false, failure: failure('timeout'), limits: {} };
		const outcome = await call('GET', url, leftMs / 1000);
		if (outcome.ok ? isAnswer(outcome.value) : isFinal(outcome.failure)) return outcome;
		const waitMs = Math.max(ASK_EVERY_MS, outcome.limits.retryAfterMs ?? 0);
		await systemClock.sleep(Math.min(waitMs, Math.max(0, endsAt - systemClock.now())), stopped);
		if (stopped.aborted) return { ok: false, failure: failure('aborted'), limits: {} };
	}
}

/** A run that goes on is told by 204, by 202 with or without a body, by a word, or by an answer that names the run alone. */
const isAnswer = ({ status, state, response, ...more }: ActionResponse) =>
	status !== 202 &&
	stateOf({ status, state }) !== 'underWay' &&
	(response !== undefined || Object.keys(more).some((name) => name !== 'run_id'));

/** Whether a failure is the end of a run, which says so itself, or of asking for it. */
const isFinal = ({ kind, httpCode, delivery }: Failure) =>
	kind === 'emptyBody' ? httpCode !== '204' && httpCode !== '202' : kind === 'bodyError' || delivery === 'final';

/** The outcome of a run that was started: started anew it would be paid for twice, whatever its question met. */
function ofStarted(outcome: Outcome): Outcome {
	if (outcome.ok || outcome.failure.kind === 'aborted') return outcome;
	return { ...outcome, failure: { ...outcome.failure, delivery: 'uncertain', shared: undefined } };
}

/** The failure in the words of a webhook. */
function ofWebhook(outcome: Outcome): Outcome {
	if (outcome.ok || !REFUSED.includes(outcome.failure.kind)) return outcome;
	const { failure: own, limits } = outcome;
	return { ok: false, failure: { ...own, ...failure('webhookRefused', { said: own.said }) }, limits };
}
