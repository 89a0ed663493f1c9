import type { IExecuteFunctions } from 'n8n-workflow';

import { unwrap } from '../failures/failureError';
import { AgentAiClient } from './client';

/** More credentials than rows are read ahead. */
const MAX_CLIENTS = 1_000;

/** The clients of one run: expressions in a credential may give each row its own. Equal credentials have one client. */
export class RowClients {
	private readonly byCredential = new Map<string, AgentAiClient>();

	constructor(private readonly context: IExecuteFunctions) {}

	/**
	 * Reads the credential for an item, as it is now.
	 *
	 * @throws FailureError when it cannot be used
	 */
	async of(itemIndex: number): Promise<AgentAiClient> {
		const read = unwrap(await AgentAiClient.open(this.context, itemIndex));
		const name = JSON.stringify(read.credential);
		const known = this.byCredential.get(name);
		if (known) return known;
		if (this.byCredential.size === MAX_CLIENTS) this.byCredential.clear();
		this.byCredential.set(name, read);
		return read;
	}
}
