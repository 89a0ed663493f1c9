import type { AgentAnswer, AgentInput, PretendedAgent } from './types.mts';

const said = (response: unknown, metadata?: object): AgentAnswer => ({ status: 200, response, ...(metadata ? { metadata } : {}) });
const failed = (status: number, error: string): AgentAnswer => ({ status, error, response: null });
const label = (description: string, more: Partial<AgentInput> = {}): AgentInput => ({ type: 'string', description, ...more });

/** Agents of every kind: each stands for something that agent.ai's own have. */
export const AGENTS: PretendedAgent[] = [
	{
		id: 'sc0ut01',
		slug: 'lead-scout',
		name: 'Lead Scout',
		description: 'Looks a company up.\n\nGive it a name; it answers with a short profile.\n\n- sources\n- a score',
		status: 'public',
		type: 'workflow',
		inputs: {
			company: label('Company name*: '),
			market: label('* Market', { enum: ['EU', 'US', 'other'], default: 'EU' }),
			detail: label('How much detail: ', { default: 'short' }),
			remarks: label('Remarks for the agent:'),
		},
		required: ['company', 'market', 'detail'],
		outputs: ['profile'],
		tags: ['sales'],
		executions: 120,
		webhookKey: 'k-0001-lead-scout',
		answer: ({ inputs: { company, market, detail } }) =>
			said({ company, market, profile: `${company} sells to ${market} (${detail})`, score: company?.length ?? 0 }),
	},
	{
		id: 'kn0w02',
		slug: null,
		name: 'House Rules',
		description: 'Knows the handbook.',
		status: 'public',
		type: 'knowledge',
		inputs: {},
		outputs: [],
		executions: 75,
		answer: ({ inputs, turn }) => said(`Rule ${turn}: ${inputs.user_input ?? 'ask me something'}`),
	},
	{
		id: 'kn0w03',
		slug: 'opening-hours',
		name: 'Opening Hours',
		description: 'Answers questions about opening hours.',
		status: 'public',
		type: 'knowledge',
		outputs: [],
		executions: 40,
		answer: ({ turn }) => said(`We are open from 9 to 17. You have asked ${turn === 1 ? 'once' : `${turn} times`}.`),
	},
	{
		id: 't0pic04',
		slug: 't0pic04',
		name: 'Topic Digest',
		description: 'Digests a topic.',
		status: 'public',
		type: 'workflow',
		inputs: { topic: label('Topic') },
		required: ['topic'],
		outputs: ['digest'],
		executions: 310,
		webhookKey: 'k-0004-topic-digest',
		answer: ({ inputs }) => said(`In short: ${inputs.topic}`),
	},
	{
		id: 'dr4ft05',
		slug: 'my-drafts',
		name: 'My Drafts',
		description: 'Writes a draft. Only its owner sees it.',
		status: 'private',
		type: 'studio',
		inputs: { about: label('What it is about*') },
		required: ['about'],
		outputs: ['draft'],
		executions: 7,
		answer: ({ inputs }) => said({ draft: `Draft on ${inputs.about}`, notes: null, words: 0 }),
	},
	{
		id: 'w33kly06',
		slug: 'weekly-digest',
		name: 'Weekly Digest',
		description: 'Collects the week of the team.',
		status: 'team',
		type: 'workflow',
		inputs: { week: label('Week: ', { default: 'this week' }) },
		required: ['week'],
		outputs: ['digest'],
		executions: 52,
		answer: ({ inputs }) => said(`The digest of ${inputs.week}`),
	},
	{
		id: 'sl0w07',
		slug: 'deep-research',
		name: 'Deep Research',
		description: 'Takes its time.',
		status: 'public',
		type: 'workflow',
		inputs: { question: label('Question*:') },
		required: ['question'],
		outputs: ['report'],
		executions: 18,
		webhookKey: 'k-0007-deep-research',
		latencyMs: 60_000,
		answer: ({ inputs }) => said(`A long report on ${inputs.question}`),
	},
	{
		id: 'br0ken08',
		slug: 'broken-pipe',
		name: 'Broken Pipe',
		description: 'Fails in the way that it is told to.',
		status: 'public',
		type: 'workflow',
		inputs: { how: label('How it fails', { enum: ['body', 'http', 'text', 'refused'], default: 'body' }) },
		required: ['how'],
		outputs: [],
		executions: 3,
		webhookKey: 'k-0008-broken-pipe',
		answer: ({ inputs }) => FAILURES[inputs.how ?? 'body'] ?? said(null),
	},
	{
		id: 'p1ctur09',
		slug: 'picture-maker',
		name: 'Picture Maker',
		description: 'Draws pictures.',
		status: 'public',
		type: 'workflow',
		inputs: { prompt: label('What to draw*: '), pictures: label('How many', { default: '1' }) },
		required: ['prompt', 'pictures'],
		outputs: ['images'],
		executions: 200,
		answer: ({ inputs, filesUrl }) => {
			const images = Array.from({ length: Number(inputs.pictures) || 1 }, (_, index) => ({
				prompt: inputs.prompt,
				url: `${filesUrl}/${index + 1}.png`,
			}));
			return said(images.map(({ url }) => `<img src="${url}">`).join(' '), { images });
		},
	},
	{
		id: 'f1les10',
		slug: 'file-maker',
		name: 'File Maker',
		description: 'Makes a file of the wanted form.',
		status: 'public',
		type: 'workflow',
		inputs: { form: label('Form', { enum: ['audio', 'converted', 'saved', 'mentioned'], default: 'saved' }) },
		required: ['form'],
		outputs: ['file'],
		executions: 61,
		answer: ({ inputs, filesUrl }) => said(FILES[inputs.form ?? 'saved']?.(filesUrl) ?? null),
	},
];

/** What *Broken Pipe* gives; a status of 500 or more is the HTTP status too. */
const FAILURES: Record<string, AgentAnswer> = {
	body: failed(400, 'The workflow stopped at step 3.'),
	http: failed(500, 'Internal server error.'),
	// an agent's own words, and no failure
	text: said('Error: no such company is known to me.'),
	refused: failed(403, 'The agent may not read this page.'),
};

/** The forms in which agent.ai's actions name their files. */
const FILES: Record<string, (filesUrl: string) => unknown> = {
	audio: (url) => `${url}/1.mp3`,
	converted: (url) => [
		{ name: '1.pdf', url: `${url}/1.pdf` },
		{ name: '2.pdf', url: `${url}/2.pdf` },
	],
	saved: (url) => ({ saved_file: `${url}/1.txt` }),
	mentioned: (url) => `Have a look at ${url}/1.txt when you have time.`,
};

/** Agents with nothing to them, for lists that have several pages. */
export const fillers = (count: number): PretendedAgent[] =>
	Array.from({ length: count }, (_, index) => ({
		id: `f1ll${index + 1}`,
		slug: null,
		name: `Filler ${index + 1}`,
		description: 'One of many.',
		status: 'public',
		type: 'workflow',
		inputs: { text: label('Text') },
		required: [],
		outputs: ['text'],
		executions: 1,
		answer: ({ inputs }) => said(inputs.text ?? null),
	}));
