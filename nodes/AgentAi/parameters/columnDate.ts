const MONTHS = 'january february march april may june july august september october november december'.split(' ');

/** A day as ISO 8601 writes it; the midnight that programs add to a day, in whatever zone, is none of it. */
const ISO = /^(\d{4}-\d{2}-\d{2})(?:[T ]00:00(?::00(?:\.0+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;
const DAY_MONTH_YEAR = /^(\d{1,2})(?:st|nd|rd|th)?\.?[ -](?:of )?([a-z]{3,9})\.?,?[ -](\d{4})$/i;
const MONTH_DAY_YEAR = /^([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})$/i;
const YEAR_MONTH_DAY = /^(\d{4})[ -]([a-z]{3,9})\.?[ -](\d{1,2})$/i;
const NUMBERS_YEAR = /^(\d{1,2})([./-])(\d{1,2})\2(\d{4})$/;
const YEAR_NUMBERS = /^(\d{4})([./-])(\d{1,2})\2(\d{1,2})$/;

/**
 * The day that a text names, as YYYY-MM-DD; `undefined` where it names none that exists, or could name two. Never asks the
 * clock: no time zone moves the day.
 */
export function dateIn(text: string): string | undefined {
	const given = text.trim();
	const iso = ISO.exec(given)?.[1];
	if (iso !== undefined) return existing(iso);
	let match = DAY_MONTH_YEAR.exec(given);
	if (match) return day(match[3], monthOf(match[2]), match[1]);
	match = MONTH_DAY_YEAR.exec(given);
	if (match) return day(match[3], monthOf(match[1]), match[2]);
	match = YEAR_MONTH_DAY.exec(given);
	if (match) return day(match[1], monthOf(match[2]), match[3]);
	match = NUMBERS_YEAR.exec(given);
	if (match) return ofTwoNumbers(match[4], Number(match[1]), Number(match[3]));
	match = YEAR_NUMBERS.exec(given);
	return match ? ofTwoNumbers(match[1], Number(match[3]), Number(match[4])) : undefined;
}

/** Of two numbers only one that is above 12 tells which of them is the day. */
function ofTwoNumbers(year: string | undefined, one: number, other: number): string | undefined {
	if (one > 12 || one === other) return day(year, other, one);
	return other > 12 ? day(year, one, other) : undefined;
}

/** The number of a month by its name, or its first three letters; 0 for none. */
function monthOf(word: string | undefined): number {
	const name = word?.toLowerCase() ?? '';
	return 1 + MONTHS.findIndex((month) => month === name || month.slice(0, 3) === name || (name === 'sept' && month === 'september'));
}

const day = (year: string | undefined, month: number, date: number | string | undefined) =>
	existing(`${year}-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}`);

function existing(iso: string): string | undefined {
	const time = Date.parse(`${iso}T00:00:00Z`);
	return !Number.isNaN(time) && new Date(time).toISOString().startsWith(iso) ? iso : undefined;
}
