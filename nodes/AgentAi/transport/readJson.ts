/** Parses JSON; the reason of a failure is the parser's own sentence. */
export function readJson(text: string): { ok: true; data: unknown } | { ok: false; reason: string } {
	try {
		return { ok: true, data: JSON.parse(text) as unknown };
	} catch (error) {
		return { ok: false, reason: (error as SyntaxError).message };
	}
}
