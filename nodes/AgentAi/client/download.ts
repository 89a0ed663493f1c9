import type { IExecuteFunctions } from 'n8n-workflow';

import { type Fetched, fetchFile } from '../transport/fetchFile';
import { isAmongDomains, isPublicHost } from '../transport/publicHost';
import { bindPlainHttp } from './client';

/**
 * Fetches a file that an answer names: a stranger's word, so only over https, never with a token, and never from inside the
 * network of this n8n. A name that leads inside has no certificate there, and n8n's own filter of outgoing requests looks its
 * addresses up where this n8n has one (2.41).
 *
 * @param domains the domains that are allowed, as people type them; empty for all
 */
export async function download(
	context: IExecuteFunctions,
	address: string,
	domains: string,
	stopped: AbortSignal | undefined,
): Promise<Fetched> {
	const http = bindPlainHttp(context);
	return await fetchFile(http, address, async (url) => refusalOf(url, domains) ?? (await refusedByN8n(context, url)), stopped);
}

function refusalOf({ protocol, hostname, username, password }: URL, domains: string): string | undefined {
	if (protocol !== 'https:') return 'only https addresses are fetched';
	if (username || password) return 'its address contains a user name';
	if (!isPublicHost(hostname)) return 'its host is not on the internet';
	if (domains.trim() !== '' && !isAmongDomains(hostname, domains)) return `its domain ${hostname} is not among the Allowed Domains`;
	return undefined;
}

type Filter = ReturnType<IExecuteFunctions['helpers']['getSecureEgressFilter']>;

/**
 * n8n's own filter, in the mode in which it is in force: its default lets everything through. Some versions have the question
 * and, where the filter is off, nothing that answers it (2.33). A name that it cannot look up is left to the request, which may
 * go by a proxy that can.
 */
async function refusedByN8n({ helpers }: IExecuteFunctions, url: URL): Promise<string | undefined> {
	const filter: Partial<Filter> | undefined = (helpers as Partial<typeof helpers>).getSecureEgressFilter?.('enforced');
	const [looked] = await Promise.allSettled([filter?.validateUrl?.(url)]);
	const result = looked.status === 'fulfilled' ? looked.value : undefined;
	const refused = result?.ok === false && /^Ssrf/.test(result.error.name);
	return refused ? 'n8n’s network protection blocks the address' : undefined;
}
