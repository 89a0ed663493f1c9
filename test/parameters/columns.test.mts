import { formatWords } from '../../nodes/AgentAi/parameters/columnQuestion.ts';
import { readColumns, responseFields, withColumns } from '../../nodes/AgentAi/parameters/columns.ts';
import { misfitText } from '../../nodes/AgentAi/parameters/columns.ts';
import type { Field } from '../../nodes/AgentAi/parameters/columnValue.ts';
import { createRedactor } from '../../nodes/AgentAi/transport/redact.ts';
import { eachRow } from '../support/eachRow.mts';

const FIELDS: Field[] = [
	{ name: 'company', kind: 'text', required: false, description: '' },
	{ name: 'employees', kind: 'number', required: false, description: 'Worldwide', choices: [1, 12] },
];

const read = (text: unknown, more: object = {}) => readColumns({ status: 200, response: { response_text: text, ...more } }, FIELDS);

const ACME = { company: 'Acme', employees: 12 };
const JSON_TEXT = JSON.stringify(ACME);

test('the columns are read from the one object that the answer means', () => {
	eachRow(
		[
			JSON_TEXT,
			`[${JSON_TEXT}]`,
			`<think>{"company":"Other"}</think>\n${JSON_TEXT}`,
			`A draft:\n\`\`\`json\n{"company":"Acme","employees":99}\n\`\`\`\nCorrected:\n\`\`\`json\n${JSON_TEXT}\n\`\`\``,
			`\`\`\`json\n${JSON_TEXT}\n`,
			'{"Company":"Acme","EMPLOYEES ":"12"}',
			`Here is the data: ${JSON_TEXT} I hope it helps.`,
			`<think>or {"company":"Other"}</think>The answer:\n${JSON_TEXT}`,
			`A list follows.\n\`\`\`js\nif (a) {}\n\`\`\`\n\`\`\`json\n${JSON_TEXT}\n\`\`\`\nwhere {a} is a number`,
			// fences in a thought, in a sentence and before a footnote begin no block
			`<think>\n\`\`\`json\n{"company":"Ot\n</think>\n\`\`\`json\n${JSON_TEXT}\n\`\`\``,
			`I use \`\`\` as you asked:\n\`\`\`json\n${JSON_TEXT}\n\`\`\``,
			`\`\`\`json\n${JSON_TEXT}\n\`\`\`\nAll between \`\`\` is JSON.`,
			`\`\`\`json\n${JSON_TEXT}\n\`\`\`\n[1] https://acme.example`,
		],
		(text) => text,
		(text) => expect(read(text)).toEqual({ columns: ACME }),
	);
});

test('of an answer that does not fit nothing is used, and it says why', () => {
	const rows: [unknown, RegExp][] = [
		['Acme has 12 employees.', /^it holds no JSON object/],
		['', /^it holds no JSON object/],
		[undefined, /^it holds no JSON object/],
		['null', /^it must be one JSON object, but null was found$/],
		['"Acme"', /but “Acme” was found$/],
		[`[${JSON_TEXT},${JSON_TEXT}]`, /but a list of 2 was found$/],
		['[]', /but a list of 0 was found$/],
		[`{"result":${JSON_TEXT}}`, /^the fields must be keys of the object itself/],
		[`{"rows":[${JSON_TEXT}]}`, /^the fields must be keys of the object itself/],
		[
			'{"company":{"name":"Acme"},"employees":"many"}',
			/^"company" must be text, but an object was found; "employees" must be one of 1, 12/,
		],
		// cut inside the block that was to correct the one before
		...['```json\n{"company":"Acme","emp', '```\n{"comp', '```json\n'].map((cut): [string, RegExp] => [
			`A draft:\n\`\`\`json\n{"company":"Acme","employees":99}\n\`\`\`\nCorrected:\n${cut}`,
			/breaks off$/,
		]),
		// a correction that breaks off, or is none that parses
		[`Draft: ${JSON_TEXT}\nCorrected:\n\`\`\`json\n{"company":"Ac`, /^it holds no JSON object/],
		[`Draft: ${JSON_TEXT}\nCorrected: {"company":"Ac`, /^it holds no JSON object/],
		[`\`\`\`json\n${JSON_TEXT}\n\`\`\`\nCorrected:\n\`\`\`json\n{"company":"Ac",}\n\`\`\``, /breaks off$/],
		[`\`\`\`json\n${JSON_TEXT}\n\`\`\`\nCorrected: {"company":"Ac"}`, /breaks off$/],
		['```json\n{"company":"Acme",}\n```\nThat is all.', /^it holds no JSON object \(Expected double-quoted property name/],
		[`[${JSON_TEXT}, and more`, /^it holds no JSON object/],
		// a value that would be lost
		[
			'{"company":"Acme","details":{"employees":12}}',
			/^the fields must be keys of the object itself, and not of another in it \("employees"\)$/,
		],
		['```json\n{"employees":12}\n```\n```json\n{"company":"Acme"}\n```', /\("employees"\)$/],
		['{"company":"Acme","more":"{\\"Employees\\": 12}"}', /\("employees"\)$/],
		['{"data":{"firma":"Acme"}}', /^the fields must be keys of the object itself/],
		['{"company":1.10}', /^"company" must be in quotes/],
		['{"company":12345678901234567890}', /^"company" must be in quotes/],
		[JSON.stringify({ answer: JSON_TEXT }), /^the fields must be keys of the object itself/],
		[JSON.stringify({ answer: ` [${JSON_TEXT}]` }), /^the fields must be keys of the object itself/],
	];
	eachRow(
		rows,
		([text]) => String(text),
		([text, misfit]) => {
			const { columns, misfit: said } = read(text);
			expect(columns).toEqual({ company: null, employees: null });
			expect(said).toMatch(misfit);
		},
	);
	expect(read(JSON_TEXT, { finish_reason: 'length' }).misfit).toBe('it was cut by its length, and must be shorter');
});

test('an answer that says nothing of the fields has empty columns, each of which may be', () => {
	expect(read('{}')).toEqual({ columns: { company: null, employees: null } });
	expect(read('{"mood":"fine"}')).toEqual({ columns: { company: null, employees: null } });
	expect(read('{"company":3.5}')).toEqual({ columns: { company: '3.5', employees: null } });
});

test('a key of an object that is taken as a whole is no field that was lost', () => {
	const fields: Field[] = [...FIELDS, { name: 'parent', kind: 'any', required: false, description: '' }];
	const answer = { response: { response_text: '{"company":"Acme","parent":{"employees":99}}' } };
	expect(readColumns(answer, fields)).toEqual({ columns: { company: 'Acme', employees: null, parent: { employees: 99 } } });
});

test('a long misfit is cut, and an answer that is a text alone gets columns too', () => {
	expect(misfitText(Array.from({ length: 30 }, (_none, index) => `"${index}"`))).toMatch(/"19"; and 10 more$/);
	const answer = { status: 200, response: JSON_TEXT };
	expect(withColumns(answer, readColumns(answer, FIELDS)).response).toEqual({ ...ACME, response_text: JSON_TEXT });
	expect(responseFields(answer)).toEqual({ response_text: JSON_TEXT });
});

test('a secret that only the columns make a value is hidden in what is said of it as well', () => {
	const redact = createRedactor(['tok7']);
	const { misfit } = readColumns({ response: { response_text: '{"employees":"tok7"}' } }, FIELDS, redact);
	expect(misfit).toContain('[hidden]');
	expect(misfit).not.toContain('tok7');
});

test('the words name each field, how it may be written, and what the person says of it', () => {
	expect(
		formatWords([
			...FIELDS,
			{ name: 'tags', kind: 'list', required: true, description: '', entries: { kind: 'text', choices: ['a', 'b'] } },
		]),
	).toBe(
		[
			'Give your final answer as one JSON object, with no other text before or after it. It has these keys:',
			'- "company": text, or null if you cannot know it',
			'- "employees": one of 1, 12, or null if you cannot know it. Worldwide',
			'- "tags": a JSON list of any of "a", "b" (required)',
		].join('\n'),
	);
});
