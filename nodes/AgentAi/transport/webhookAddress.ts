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
export const laterUrl = ({ url }: WebhookAddress, way: 'async' | `status/${string}`) =>
	url.replace(/(\?.*)?$/, (search) => `/${way}${search}`);

/** A text with the keys of webhooks taken out of the addresses in it. */
export const withoutWebhookKeys = (text: string, instead: string) => text.replace(/(\/webhook\/)[^/?#\s"']+/g, `$1${instead}`);
