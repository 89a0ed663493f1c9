/** Digits with one separator at most, and an exponent as JSON writes it. */
const PLAIN = /^[+-]?\d+(?:[.,]\d+)?$|^[+-]?\d+(?:\.\d+)?e[+-]?\d{1,3}$/i;
/** Groups of three, and behind another separator the decimals. */
const GROUPED = /^[+-]?[1-9]\d{0,2}(?:(?:,\d{3})+(?:\.\d+)?|(?:\.\d{3})+(?:,\d+)?)$/;
/** One separator with three digits behind it: thousands here, decimals there. */
const EITHER = /^[+-]?\d+[.,]\d{3}(?:e[+-]?\d+)?$/i;
/** As many digits are exact in JavaScript, or nearly so. */
const MOST_DIGITS = 17;

/**
 * The number that a text is, blanks around it aside; `undefined` where it is none, or could be two.
 */
export function numberIn(text: string): number | undefined {
	const digits = text.trim().replace(/^\u2212/, '-');
	if (EITHER.test(digits)) return undefined;
	const written = PLAIN.test(digits) ? digits.replace(',', '.') : GROUPED.test(digits) ? ungrouped(digits) : undefined;
	if (written === undefined || written.replace(/e.*$|^[+-]?0*|\./gi, '').length > MOST_DIGITS) return undefined;
	const number = Number(written);
	return Number.isInteger(number) ? (Number.isSafeInteger(number) ? number || 0 : undefined) : Number.isFinite(number) ? number : undefined;
}

/** The same digits without groups, with a point before the decimals. */
function ungrouped(digits: string): string {
	const group = /[.,]/.exec(digits)?.[0] as string;
	return digits.replaceAll(group, '').replace(',', '.');
}
