import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { panels } from '../../scripts/words/rules.mts';
import { DOCUMENTS } from '../../scripts/words/sources.mts';

const WORDS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];
const MORE_WORDS: Record<string, number> = { half: 0.5, once: 1, twice: 2, 'a minute': 1 };

const oneLine = (text: string) => text.replace(/\s+/g, ' ');
const DOCUMENTED = DOCUMENTS().map((file) => oneLine(readFileSync(join(process.cwd(), file), 'utf8')));
const SHOWN = panels().flatMap(({ description = '', options = [] }) => [
	description,
	...options.map((option) => ('description' in option ? (option.description ?? '') : '')),
]);

/**
 * A sentence that people read, in the documents or a panel, so that it has to be changed in both places. Numbers are read out of it.
 *
 * @param sentence the sentence; as a pattern, its groups are numbers in digits or words
 * @returns these numbers
 */
export function claims(sentence: string | RegExp): number[] {
	for (const text of [...DOCUMENTED, ...SHOWN]) {
		if (typeof sentence === 'string') {
			if (text.includes(sentence)) return [];
			continue;
		}
		const found = sentence.exec(text);
		if (found) return found.slice(1).map(numberOf);
	}
	throw new Error(`No document and no panel says: ${String(sentence)}`);
}

function numberOf(word: string): number {
	const read = WORDS.indexOf(word.toLowerCase());
	const number = MORE_WORDS[word.toLowerCase()] ?? (read === -1 ? Number(word.replaceAll(',', '')) : read);
	if (Number.isNaN(number)) throw new Error(`“${word}” is no number`);
	return number;
}
