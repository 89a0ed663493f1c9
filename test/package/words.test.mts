import type { INodeProperties } from 'n8n-workflow';

import { PHRASES_OF_TEXTS } from '../../scripts/words/phrases.mts';
import {
	itemFaults,
	labelFaults,
	messageFaults,
	panelFaults,
	phraseFaults,
	responseFaults,
	rowFaults,
	wordFaults,
} from '../../scripts/words/rules.mts';

test('every text follows the rules on words', () => expect(wordFaults()).toEqual([]));

const property = (more: object) => ({ displayName: 'X', name: 'x', type: 'string', default: '', ...more }) as INodeProperties;
const text = (said: string) => ({ where: 'here', text: said });

test.each<[rule: string, faults: string[]]>([
	['a switch begins with “Whether to”', panelFaults(property({ type: 'boolean', description: 'Sends it again' }))],
	['a placeholder is an example', panelFaults(property({ placeholder: '10.0.0.1' }))],
	['one sentence has no full stop', panelFaults(property({ description: 'The agent to use.' }))],
	['several sentences have one each', panelFaults(property({ description: 'The agent to use. Leave empty for main' }))],
	[
		'an action has no articles',
		panelFaults(property({ type: 'options', options: [{ name: 'Run', value: 'run', action: 'Run an agent' }] })),
	],
	['a message names no error', messageFaults(text('The tool reported an error'))],
	['an item is no row', itemFaults(text('This row was not sent'))],
	['a row is that of a table', rowFaults(text('Each row is sent once'))],
	['an agent answers', responseFaults(text('the agent’s response'))],
	['a label is spelled as in the panel', labelFaults(text('raise *Max Rate Limit Wait*'))],
	['no phrase that reads as translated, capitals or not', phraseFaults(text('Tried again by itself'))],
	['a try is no attempt', phraseFaults(text('After 4 attempts the item fails'), PHRASES_OF_TEXTS)],
	['no phrase that reads as translated', phraseFaults(text('A refusal is waited out, not failed'))],
])('a text is found that breaks the rule: %s', (_rule, faults) => expect(faults).toHaveLength(1));

test.each<[text: string, faults: string[]]>([
	[
		'good panel',
		panelFaults(property({ type: 'boolean', description: 'Whether to send it again. It costs nothing.', placeholder: 'e.g. x' })),
	],
	['labels are names', messageFaults(text('Stop After Failures in a Row ended it'))],
	['in a row', itemFaults(text('5 items failed in a row'))],
	[
		'labels of ours, of n8n, of nodes beside a note, and of before',
		labelFaults({ ...text('*Max Wait* (until now *Max Rate Limit Wait*), *Claim* and *On Error*'), nodeNames: ['Claim'] }),
	],
	['names of files and functions', phraseFaults(text('`run/attempt.ts` has `attempt`'), PHRASES_OF_TEXTS)],
	['rows of a table', rowFaults(text('Each row of the table is sent once'))],
])('and none that follows them: %s', (_what, faults) => expect(faults).toEqual([]));
