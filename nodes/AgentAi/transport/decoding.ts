type Decoder = InstanceType<typeof TextDecoder>;

/** The charset that a label (`content-type`) names, `''` for none. */
export const charsetOf = (contentType: string) => /charset\s{0,5}=\s{0,5}"?([\w-]{1,40})/i.exec(contentType.slice(0, 500))?.[1] ?? '';

/**
 * The text of a whole body: UTF-8 where its bytes are that, because labels lie; otherwise as its label says, and as far as it
 * goes where the label names nothing that exists.
 */
export function decodeWhole(chunks: Uint8Array[], charset: string): string {
	const bytes = Buffer.concat(chunks);
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
	} catch {
		return labelled(charset).decode(bytes);
	}
}

/** The same for a body that arrives in chunks: from the first one on that is no UTF-8, its label holds. */
export class ChunkDecoder {
	private strict: Decoder | undefined = new TextDecoder('utf-8', { fatal: true });

	private readonly byLabel: Decoder;

	/** A character that the last chunk has begun. */
	private begun = new Uint8Array();

	constructor(charset: string) {
		this.byLabel = labelled(charset);
	}

	decode(chunk: Uint8Array): string {
		const bytes = this.begun.length === 0 ? chunk : Buffer.concat([this.begun, chunk]);
		if (!this.strict) return this.byLabel.decode(bytes, { stream: true });
		const end = bytes.length - openBytes(bytes);
		try {
			const text = this.strict.decode(bytes.subarray(0, end), { stream: true });
			this.begun = bytes.slice(end);
			return text;
		} catch {
			this.strict = undefined;
			this.begun = new Uint8Array();
			return this.byLabel.decode(bytes, { stream: true });
		}
	}

	/** What is left at the end of the body. */
	end(): string {
		return this.byLabel.decode(this.begun);
	}
}

function labelled(charset: string): Decoder {
	try {
		return new TextDecoder(charset || 'utf-8');
	} catch {
		return new TextDecoder();
	}
}

/** How many bytes at the end are the beginning of a character in UTF-8. */
function openBytes(bytes: Uint8Array): number {
	for (let back = 1; back <= Math.min(3, bytes.length); back++) {
		const byte = bytes[bytes.length - back] as number;
		if (byte < 0x80) return 0;
		if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
	}
	return 0;
}
