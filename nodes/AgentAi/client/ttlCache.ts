interface Entry<T> {
	value: Promise<T>;
	expiresAt: number;
}

/** More credentials than one n8n process serves within the time to live. */
const MAX_ENTRIES = 100;

/**
 * Values kept in this process's memory for a while, each asked for once: whoever comes while the question is under way
 * waits for the same answer. A question that fails is not kept.
 */
export class TtlCache<T> {
	private readonly entries = new Map<string, Entry<T>>();

	/** @param ttlMs how long a value is kept, in ms */
	constructor(private readonly ttlMs: number) {}

	async get(key: string, ask: () => Promise<T>): Promise<T> {
		const known = this.entries.get(key);
		if (known && known.expiresAt > Date.now()) return await known.value;
		const entry = { value: ask(), expiresAt: Date.now() + this.ttlMs };
		this.entries.delete(key);
		this.entries.set(key, entry);
		if (this.entries.size > MAX_ENTRIES) this.entries.delete(this.entries.keys().next().value as string);
		entry.value.catch(() => {
			if (this.entries.get(key) === entry) this.entries.delete(key);
		});
		return await entry.value;
	}

	forget(key: string): void {
		this.entries.delete(key);
	}
}
