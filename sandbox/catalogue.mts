import chatContract from './contract/openclaw_chat_completion.json' with { type: 'json' };
import detailsContract from './contract/openclaw_get_details.json' with { type: 'json' };
import toolsContract from './contract/openclaw_tools_invoke.json' with { type: 'json' };

type Schema = Record<string, unknown>;

/** One action in the answer of `GET /api/v2/mcp/functions`, and what kind of answer it gives here. */
export interface CatalogueEntry {
	name: string;
	description: string;
	parameters: { type: string; properties: Record<string, Schema>; required: string[]; additionalProperties?: boolean };
	/** What `response` is; agent.ai's own actions give all of these. */
	gives: 'object' | 'text' | 'list' | 'nothing' | 'file' | 'images';
}

// one function for each kind of input that agent.ai's catalogue has
const text = (description: string, more: Schema = {}): Schema => ({ type: 'string', description, ...more });
const area = (description: string): Schema => text(description, { 'x-ui': 'textarea' });
const choice = (description: string, values: string[], fallback = values[0]): Schema =>
	text(description, { enum: values, default: fallback });
const count = (description: string, more: Schema = {}): Schema => ({ type: 'integer', format: 'int64', description, ...more });
const number = (description: string, more: Schema = {}): Schema => ({ type: 'number', description, ...more });
const flag = (description: string, fallback: boolean): Schema => ({ type: 'boolean', description, default: fallback });
const output = (name: string): Schema =>
	text('Name of the variable that holds the result', { default: name, pattern: '^[a-zA-Z][a-zA-Z0-9_]*$' });

function action(
	name: string,
	description: string,
	properties: Record<string, Schema>,
	required: string[] = [],
	gives: CatalogueEntry['gives'] = 'object',
): CatalogueEntry {
	const needed = 'output_variable_name' in properties ? [...required, 'output_variable_name'] : required;
	return { name, description, parameters: { type: 'object', properties, required: needed }, gives };
}

const contract = (of: { action: string; requestBody: object }, description: string): CatalogueEntry => ({
	name: of.action,
	description,
	parameters: of.requestBody as CatalogueEntry['parameters'],
	gives: 'object',
});

/** The entry of an action that takes more than the catalogue describes. */
const openEntry = (entry: CatalogueEntry): CatalogueEntry => ({
	...entry,
	parameters: { ...entry.parameters, additionalProperties: true },
});

const URL_INPUT = text('Address of a web page', { format: 'url' });

/** Actions of our own in the shape of agent.ai's: every kind of input and of answer occurs. */
export const CATALOGUE: CatalogueEntry[] = [
	contract(chatContract, 'Send a message to an OpenClaw agent and get its answer'),
	contract(detailsContract, 'Get the address, the token and the state of the account’s OpenClaw instance'),
	contract(toolsContract, 'Run one tool of an OpenClaw instance'),
	action(
		'sandbox_echo',
		'Give back what was sent',
		{ message: area('What to send'), output_variable_name: output('echo') },
		['message'],
		'text',
	),
	action('sandbox_shout', 'Write a text in capitals', { input: text('The text') }, ['input'], 'text'),
	action('search', 'Find agents', {
		query: text('Text in names and descriptions'),
		status: choice('Whose agents', ['public', 'private', 'team', 'all']),
		limit: count('Agents on a page', { minimum: 1, maximum: 100, default: 10 }),
		page: count('Page, counted from 0', { minimum: 0, default: 0 }),
	}),
	action('describe_agent', 'Read what an agent is and takes', { agent_id: text('ID or slug of the agent') }, ['agent_id']),
	// only the id is surely required: every other key is an input of the agent
	openEntry(action('invoke_agent', 'Run an agent', { id: text('ID or slug of the agent'), input: text('Its inputs') }, ['id'])),
	// real actions as well, for the examples that run them
	action(
		'format_text',
		'Change the form of a text',
		{
			format_type: {
				type: 'string',
				enum: ['uppercase', 'lowercase', 'capitalize', 'remove_whitespace', 'truncate'],
				description: 'What to do with it',
			},
			delimiter: text('Where to split or join'),
			input_text: text('The text'),
			output_variable_name: text('Name of the variable that holds the result', { pattern: '^[a-zA-Z][a-zA-Z0-9_]*$' }),
		},
		['format_type', 'input_text'],
		'text',
	),
	action(
		'generate_image',
		'Make an image from a description',
		{
			prompt: text('What it shows'),
			model: choice(
				'Who makes it',
				['GPT Image 1', 'DALL-E 3', 'Playground v3', 'flux-kontext-pro', 'flux-kontext-max', 'flux-1.1-pro', 'Ideogram', 'Recraft'],
				'DALL-E 3',
			),
			model_style: choice('In which style', ['default', 'photo', 'digital art', 'illustration', 'drawing']),
			model_aspect_ratio: choice('In which shape', ['9:16', '1:1', '4:3', '16:9']),
		},
		['prompt', 'model', 'model_style', 'model_aspect_ratio'],
		'images',
	),
	action('sandbox_nothing', 'Do nothing, and answer nothing', {}, [], 'nothing'),
	action(
		'sandbox_word_list',
		'Split a text into its words',
		{ input: area('The text'), limit: count('Words at most', { minimum: 1, maximum: 500, default: 50 }) },
		['input'],
		'list',
	),
	action(
		'sandbox_web_page',
		'Read a web page',
		{ url: URL_INPUT, mode: choice('How much of it', ['page', 'site']), output_variable_name: output('page') },
		['url'],
	),
	action(
		'sandbox_screenshot',
		'Take a picture of a web page',
		{ url: URL_INPUT, keep_seconds: count('How long to keep it', { enum: [3600, 86400], default: 3600 }) },
		['url'],
		'file',
	),
	action(
		'sandbox_search',
		'Search the web',
		{
			query: text('What to look for'),
			results: count('Results at most', { enum: [1, 5, 10], default: 5 }),
			since: text('Only newer pages', { format: 'date' }),
			output_variable_name: output('search'),
		},
		['query'],
	),
	action(
		'sandbox_summary',
		'Summarise a text',
		{
			text: area('The text'),
			tone: choice('Tone', ['neutral', 'friendly', 'formal']),
			words: count('Words at most', { default: 100 }),
			output_variable_name: output('summary'),
		},
		['text'],
	),
	action(
		'sandbox_translate',
		'Translate a text',
		{
			text: area('The text'),
			language: choice('Into which language', ['english', 'german', 'portuguese']),
			output_variable_name: output('translation'),
		},
		['text', 'language'],
	),
	action(
		'sandbox_image',
		'Draw a picture',
		{
			prompt: area('What to draw'),
			style: choice('Style', ['photo', 'drawing']),
			width: count('Width in pixels', { minimum: 64, maximum: 2048, default: 512 }),
		},
		['prompt'],
		'file',
	),
	action(
		'sandbox_speech',
		'Read a text aloud',
		{ text: area('The text'), speed: number('Speed', { minimum: 0.5, maximum: 2, default: 1 }) },
		['text'],
		'file',
	),
	action(
		'sandbox_http_call',
		'Call another API',
		{
			url: URL_INPUT,
			method: choice('HTTP method', ['GET', 'POST']),
			headers: { type: 'object', description: 'HTTP headers' },
			body: area('Body'),
			output_variable_name: output('answer'),
		},
		['url', 'method'],
	),
	action(
		'sandbox_store_set',
		'Keep a value',
		{ key: text('Its name', { pattern: '^[a-zA-Z0-9_]+$' }), value: area('The value') },
		['key', 'value'],
		'nothing',
	),
	action(
		'sandbox_store_get',
		'Read a value that was kept',
		{ key: text('Its name', { pattern: '^[a-zA-Z0-9_]+$' }), output_variable_name: output('stored') },
		['key'],
	),
	action(
		'sandbox_contact_find',
		'Find a contact',
		{
			email: text('E-mail address'),
			fields: {
				type: 'array',
				items: { type: 'string', enum: ['name', 'phone', 'company'] },
				default: ['name'],
				description: 'Which fields to give',
			},
			output_variable_name: output('contact'),
		},
		['email'],
	),
	action(
		'sandbox_contact_create',
		'Make a contact',
		{
			email: text('E-mail address'),
			name: text('Name'),
			properties: text('More fields as JSON', { 'x-ui': 'properties' }),
			output_variable_name: output('contact'),
		},
		['email'],
	),
	action(
		'sandbox_contact_update',
		'Change a contact',
		{
			contact_id: text('Its number', { pattern: '^[0-9]+$' }),
			properties: text('Fields as JSON', { 'x-ui': 'properties' }),
			output_variable_name: output('contact'),
		},
		['contact_id'],
	),
	action(
		'sandbox_contact_link',
		'Link two contacts',
		{
			contact_id: text('The first', { pattern: '^[0-9]+$' }),
			associations: text('The others as JSON', { 'x-ui': 'associations' }),
			output_variable_name: output('linked'),
		},
		['contact_id'],
	),
	action(
		'sandbox_record_get',
		'Read a record of a CRM',
		{
			object_type: text('Kind of record', { 'x-ui': 'hubspot_object_type', default: 'contacts' }),
			record_id: text('Its number'),
			output_variable_name: output('record'),
		},
		['object_type', 'record_id'],
	),
	action(
		'sandbox_company_facts',
		'Look up a company',
		{ company: text('Its name'), quarter: count('Quarter', { enum: [1, 2, 3, 4], default: 1 }), year: count('Year') },
		['company', 'quarter', 'year'],
	),
	action(
		'sandbox_report_render',
		'Make a page of a report',
		{
			report: text('The report', { default: '{{report}}' }),
			include_charts: flag('Whether to draw charts', true),
			output_variable_name: output('page'),
		},
		[],
	),
	action(
		'sandbox_calendar_list',
		'List the events of a day',
		{
			day: text('The day', { format: 'date' }),
			all_day: flag('Whether to list events of the whole day', false),
			output_variable_name: output('events'),
		},
		['day'],
		'list',
	),
	action(
		'sandbox_calendar_add',
		'Add an event',
		{
			title: text('Title'),
			starts_at: text('Start', { format: 'date-time' }),
			minutes: count('Length in minutes', { minimum: 5, default: 30 }),
			invite: flag('Whether to invite the others', false),
		},
		['title', 'starts_at'],
	),
	action(
		'sandbox_mail_send',
		'Send an e-mail',
		{
			to: text('Receiver'),
			subject: text('Subject'),
			body: area('Text'),
			urgent: flag('Whether it is urgent', false),
			output_variable_name: output('mail'),
		},
		['to', 'body'],
	),
	action(
		'sandbox_mailbox_check',
		'Count the e-mails of another mailbox',
		{
			server: text('Mail server'),
			password: text('Password of the mailbox', { format: 'password' }),
			output_variable_name: output('mails'),
		},
		['server', 'password'],
	),
	action(
		'sandbox_weather',
		'Forecast the weather',
		{
			city: text('City'),
			days: count('Days', { minimum: 1, maximum: 14, default: 3 }),
			celsius: flag('Whether to give degrees Celsius', true),
			output_variable_name: output('weather'),
		},
		['city'],
	),
	action('sandbox_stock_price', 'Look up a share', { symbol: text('Its symbol'), output_variable_name: output('price') }, ['symbol']),
	action(
		'sandbox_json_format',
		'Lay out JSON',
		{ json: area('The JSON'), indent: count('Spaces', { minimum: 0, maximum: 8, default: 2 }) },
		['json'],
		'text',
	),
	action('sandbox_text_count', 'Count the words of a text', { text: area('The text') }, ['text']),
	action(
		'sandbox_text_join',
		'Join texts',
		{
			parts: { type: 'array', items: { type: 'string' }, description: 'The texts' },
			separator: text('What goes between', { default: ', ' }),
		},
		['parts'],
		'text',
	),
	action('sandbox_random_number', 'Draw a number', { from: number('From', { default: 0 }), to: number('To', { default: 1 }) }, []),
	action('sandbox_audio_output', 'Play a sound', { sound: text('Address of the sound', { format: 'url' }) }, ['sound'], 'nothing'),
];

/** What the catalogue shows of an action. */
export const publicEntry = ({ name, description, parameters }: CatalogueEntry) => ({ name, description, parameters });
