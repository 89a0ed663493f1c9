import type { WorkflowNode } from '../../scripts/n8n/client.mts';
import { node } from './support.mts';

/** One thing that is asked of a model through a root node of n8n. */
export interface Trial {
	/** The root node as the panel calls it. */
	root: string;
	/** What is asked of it. */
	what: string;
	/** Versions of the node that do the same. */
	versions: number[];
	make(version: number): { root: WorkflowNode; parts?: [part: WorkflowNode, type: string, to?: string][] };
}

const ADA = '{"name":"Ada","age":36}';
const SCHEMA = { schemaType: 'fromJson', jsonSchemaExample: '{"name":"x","age":1}' };
const say = (text: string) => `Who is it? [[say ${text}]]`;
const langchain = (name: string) => `@n8n/n8n-nodes-langchain.${name}`;
const part = (name: string, type: string, parameters: object, typeVersion = 1) =>
	node(name, langchain(type), parameters as Record<string, unknown>, { typeVersion });

/** Trials of one root node: `trial(what, parameters, parts)` for each. */
function trialsOf(root: string, type: string, versions: number[]) {
	return (
		what: string,
		parameters: object,
		parts: [part: () => WorkflowNode, type: string, to?: string][] = [],
		only = versions,
	): Trial => ({
		root,
		what,
		versions: only,
		make: (version) => ({ root: part('Root', type, parameters, version), parts: parts.map(([make, ...rest]) => [make(), ...rest]) }),
	});
}

const format = (): WorkflowNode => part('Format', 'outputParserStructured', SCHEMA, 1.3);
const fixing = (): WorkflowNode => part('Format', 'outputParserStructured', { ...SCHEMA, autoFix: true }, 1.3);
const oldFixing = (): WorkflowNode => part('Fixing', 'outputParserAutofixing', {});
const inner = (): WorkflowNode => part('Format', 'outputParserStructured', SCHEMA, 1.2);
const memory = (): WorkflowNode => part('Memory', 'memoryBufferWindow', { sessionIdType: 'customKey', sessionKey: 'one' }, 1.3);
const calculator = (): WorkflowNode => part('Calculator', 'toolCalculator', {});
const PARSER = 'ai_outputParser';

const chain = trialsOf('Basic LLM Chain', 'chainLlm', [1.4, 1.6, 1.9]);
const prompt = (text: string, more: object = {}) => ({ promptType: 'define', text, prompt: text, ...more });
const messages = {
	messages: {
		messageValues: [
			{ type: 'SystemMessagePromptTemplate', message: 'Be brief' },
			{ type: 'HumanMessagePromptTemplate', messageType: 'text', message: 'Hello' },
			{ type: 'AIMessagePromptTemplate', message: 'Hi' },
		],
	},
};
const agent = trialsOf('AI Agent', 'agent', [1.7, 2.2, 3.1]);
const olderAgent = trialsOf('AI Agent', 'agent', [1.6]);
const extractor = trialsOf('Information Extractor', 'informationExtractor', [1, 1.2]);
const sentiment = trialsOf('Sentiment Analysis', 'sentimentAnalysis', [1, 1.1]);
const classifier = trialsOf('Text Classifier', 'textClassifier', [1, 1.1]);
const summary = trialsOf('Summarization Chain', 'chainSummarization', [2, 2.1]);
const answering = trialsOf('Question and Answer Chain', 'chainRetrievalQa', [1.3, 1.7]);
const evaluation = (what: string, parameters: object): Trial => ({
	root: 'Evaluation',
	what,
	versions: [4.8],
	make: (version) => ({
		root: node('Root', 'n8n-nodes-base.evaluation', { operation: 'setMetrics', ...parameters }, { typeVersion: version }),
	}),
});
const guardrails = trialsOf('Guardrails', 'guardrails', [2]);
const CATEGORIES = {
	categories: {
		categories: [
			{ category: 'spam', description: 'Spam' },
			{ category: 'order', description: 'An order' },
		],
	},
};
const method = (type: string) => ({ options: { summarizationMethodAndPrompts: { values: { summarizationMethod: type } } } });
const retriever: [part: () => WorkflowNode, type: string, to?: string][] = [
	[() => part('Retriever', 'retrieverVectorStore', {}), 'ai_retriever'],
	[() => part('Store', 'vectorStoreInMemory', { mode: 'retrieve', memoryKey: 'empty' }, 1.3), 'ai_vectorStore', 'Retriever'],
	[() => part('Embeddings', 'embeddingsOpenAi', { model: 'scripted', options: {} }, 1.2), 'ai_embedding', 'Store'],
];

/** What n8n's root nodes ask of a chat model; each version of a node counts. */
export const TRIALS: Trial[] = [
	chain('a text', prompt('Good morning')),
	chain('instructions and earlier messages', prompt('And now?', messages)),
	chain('a format, without what n8n wraps around it', prompt(say(ADA), { hasOutputParser: true }), [[format, PARSER]]),
	chain('a format that is missed twice', prompt(say('I do not know'), { hasOutputParser: true }), [[fixing, PARSER]]),
	chain('a format, with the Auto-fixing Output Parser', prompt(say(ADA), { hasOutputParser: true }), [
		[oldFixing, PARSER],
		[inner, PARSER, 'Fixing'],
	]),
	chain('a model that fails', prompt('Hi [[fail 400]]')),
	agent('a text', prompt('Good morning')),
	agent('instructions', prompt('Good morning', { options: { systemMessage: 'Be brief' } })),
	agent('a memory of n8n’s', prompt('Good morning'), [[memory, 'ai_memory']]),
	agent('a format', prompt(say(ADA), { hasOutputParser: true }), [[format, PARSER]]),
	agent('a model that fails', prompt('Hi [[fail 400]]')),
	agent('a tool of n8n’s', prompt('What is 1 + 1? [[tool calculator {"input":"1+1"}]]'), [[calculator, 'ai_tool']]),
	olderAgent(
		'Conversational Agent',
		prompt(say('```json {"action":"Final Answer","action_input":"Ada"}```'), { agent: 'conversationalAgent' }),
	),
	olderAgent('ReAct Agent', prompt(say('Final Answer: Ada'), { agent: 'reActAgent' })),
	olderAgent('Tools Agent', prompt(say('Ada'), { agent: 'toolsAgent' })),
	extractor('attributes', {
		text: say(ADA),
		attributes: {
			attributes: [
				{ name: 'name', type: 'string', description: 'The name', required: true },
				{ name: 'age', type: 'number', description: 'The age', required: true },
			],
		},
	}),
	extractor('a schema by example', { text: say(ADA), ...SCHEMA }),
	extractor('a format that is missed', { text: say('I do not know'), ...SCHEMA }),
	sentiment('a category, strength and confidence', {
		inputText: say('{"sentiment":"Positive","strength":0.9,"confidence":0.8}'),
		options: { includeDetailedResults: true },
	}),
	classifier('one category', { inputText: say('{"spam":false,"order":true}'), ...CATEGORIES }),
	classifier('several categories', { inputText: say('{"spam":true,"order":true}'), ...CATEGORIES, options: { multiClass: true } }),
	// it counts tokens with a table from the internet, and waits for that in vain where there is none
	summary('Map Reduce', { operationMode: 'nodeInputJson', ...method('map_reduce') }, [], [2.1]),
	summary('Refine', { operationMode: 'nodeInputJson', ...method('refine') }),
	summary('Stuff', { operationMode: 'nodeInputJson', ...method('stuff') }),
	answering('a question', prompt(say('Nobody knows'), { query: say('Nobody knows') }), retriever),
	evaluation('correctness', {
		metric: 'correctness',
		expectedAnswer: say('{"extended_reasoning":"x","reasoning_summary":"y","score":4}'),
		actualAnswer: 'Ada',
	}),
	evaluation('helpfulness', {
		metric: 'helpfulness',
		userQuery: say('{"extended_reasoning":"x","reasoning_summary":"y","score":4}'),
		actualAnswer: 'Ada',
	}),
	guardrails('a jailbreak', {
		text: say('{"confidenceScore":0.1,"flagged":false}'),
		guardrails: { jailbreak: { value: { threshold: 0.7 } } },
	}),
	guardrails('a topic', {
		text: say('{"confidenceScore":0.1,"flagged":false}'),
		guardrails: { topicalAlignment: { value: { threshold: 0.7, prompt: 'Orders' } } },
	}),
];
