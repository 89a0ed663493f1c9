import type { IBinaryKeyData, IDataObject, IExecuteFunctions } from 'n8n-workflow';

import type { ActionRequest } from '../client/actionRequest';
import { bindPlainHttp } from '../client/client';
import type { ActionResponse } from '../failures/result';
import { filesIn } from '../parameters/downloads';
import { type Fetched, fetchFile } from '../transport/fetchFile';
import { isAmongDomains, isPublicHost } from '../transport/publicHost';

/** What was fetched of the files that an answer names. */
export interface ItemFiles {
	binary?: IBinaryKeyData;
	/** The files that could not be had: each with its URL, and a sentence that says why. */
	missing: IDataObject[];
}

type Wishes = Pick<ActionRequest, 'downloads' | 'outputName'>;

/** The files of a run, by item: a file that cannot be had costs no answer. */
export class Files {
	private readonly byIndex = new Map<number, ItemFiles>();

	constructor(private readonly context: IExecuteFunctions) {}

	/** The files of an item, `undefined` where its answer names none, or none are wanted. */
	of(index: number): ItemFiles | undefined {
		return this.byIndex.get(index);
	}

	/**
	 * Fetches the files that an item's answer names, where its request wants them. Never throws.
	 *
	 * @param besideRow whether they stand beside the row's own binary data
	 */
	async fetch(index: number, answer: ActionResponse, { downloads: domains, outputName }: Wishes, besideRow: boolean): Promise<void> {
		const urls = domains === undefined ? [] : filesIn(answer, outputName);
		if (domains === undefined || urls.length === 0) return;
		const names = freeNames(besideRow ? Object.keys(this.context.getInputData()[index]?.binary ?? {}) : []);
		const [binary, missing]: [IBinaryKeyData, IDataObject[]] = [{}, []];
		for (const url of urls) {
			const reason = await this.add(binary, () => names.next().value, url, domains);
			if (reason !== undefined) missing.push({ url, reason: `The file was not downloaded: ${reason}` });
		}
		this.byIndex.set(index, { missing, ...(Object.keys(binary).length > 0 ? { binary } : {}) });
	}

	/** Sentences on all files that could not be had, with the items that they belong to. */
	get told(): string[] {
		return [...this.byIndex].flatMap(([index, { missing }]) =>
			missing.map(({ url, reason }) => `${reason as string} (item ${index}, ${url as string})`),
		);
	}

	/** @returns why the file could not be had, the end of a sentence */
	private async add(binary: IBinaryKeyData, freeName: () => string, url: string, domains: string): Promise<string | undefined> {
		try {
			const file = await download(this.context, url, domains, this.context.getExecutionCancelSignal?.());
			if ('refused' in file) return file.refused;
			binary[freeName()] = await this.context.helpers.prepareBinaryData(Buffer.from(file.bytes), file.name, file.type || undefined);
			return undefined;
		} catch (error) {
			return `n8n could not keep it (${(error as Error).message})`;
		}
	}
}

/** `data`, `data_1`, `data_2` …, without those that the row has already. */
function* freeNames(taken: string[]): Generator<string, never> {
	for (let number = 0; ; number++) {
		const name = number === 0 ? 'data' : `data_${number}`;
		if (!taken.includes(name)) yield name;
	}
}

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
