import type { IDataObject, IExecuteFunctions, INode, INodeExecutionData } from 'n8n-workflow';
import { NodeOperationError, sleep } from 'n8n-workflow';

import { AgentAiClient } from '../account/client';
import { loadEnvironment } from '../account/environment';
import { systemClock } from '../account/systemClock';
import { NOTHING_SPENT, runBatch } from '../batch/runBatch';
import type { Attempt, Effort, Job, Settled } from '../batch/types';
import type { Action, Environment, ItemParameters, PreparedRequest } from '../operations/types';
import { type BatchingSettings, createPace, readBatching } from '../parameters/batching';
import { answerItem, type OutputSettings, readOutputSettings, type RequestInfo } from '../parameters/output';
import type { ActionResponse, Failure } from '../transport/types';
import { attemptAction } from './attempt';
import { batchHint, retryOnFailHint, stoppedMessage, type Tally } from './batchReport';
import { errorJson, type ErrorSummary, inOneSentence, nodeError, summarise, summariseNotSent, summariseThrown } from './errors';
import { KeptAnswers, RequestKeys } from './keptAnswers';
import { LiveAnswer } from './liveAnswer';

/** From this many items on, the log says at every tenth of the way how far the batch is. */
const PROGRESS_FROM = 50;
/** How long the check of many items may keep n8n from everything else, in ms. */
const LONGEST_BLOCK_MS = 20;

/** An item that is ready to be sent. */
interface Prepared extends Job {
	index: number;
	request: PreparedRequest;
	/** Names the request among the kept answers. */
	key: string;
	settings: OutputSettings;
}

interface Answered {
	answer: ActionResponse;
	key: string;
	outputName: string | undefined;
	settings: OutputSettings;
	info: RequestInfo | undefined;
}

interface Failed {
	error: ErrorSummary;
	/** A failure of the item itself; otherwise the item was merely not sent. */
	own: boolean;
	settings: OutputSettings;
	info: RequestInfo | undefined;
}

/** What became of one item: an answer, or why there is none. */
type ItemResult = Answered | Failed;

/**
 * Runs an action over all input items as one batch, and gives one output item for each input item, in their order.
 *
 * @throws NodeApiError or NodeOperationError when *On Error* is *Stop Workflow* and an item failed, or when the
 * credential itself cannot be used
 */
export async function executeAction(context: IExecuteFunctions, action: Action): Promise<INodeExecutionData[]> {
	if (context.getInputData().length === 0) return [];
	const client = await AgentAiClient.open(context);
	const automatic = context.getNodeParameter('instance', 0, '') !== 'defineBelow';
	const environment = await loadEnvironment(client, action, automatic);
	return await new ActionRun(context, action, client, environment).execute();
}

/** n8n's newer agents run their tools as ordinary nodes, for which `isToolExecution` is false: the type tells (n8n 2.41). */
const isToolRun = (context: IExecuteFunctions, node: INode) =>
	node.type.endsWith('Tool') || (typeof context.isToolExecution === 'function' && context.isToolExecution());

/** Nobody asked for another form of the answer: an agent gets it without the envelope, which would cost it tokens. */
const isPlain = ({ simplify, includeInputFields, includeRequestInfo, jsonMode }: OutputSettings) =>
	!simplify && !includeInputFields && !includeRequestInfo && jsonMode === 'off';

/** What *Include Request Info* shows, if the item asks for it. */
const requestInfo = ({ includeRequestInfo }: OutputSettings, { tries, latencyMs, waitedMs }: Effort): RequestInfo | undefined =>
	includeRequestInfo ? { tries, latencyMs: Math.round(latencyMs), waitedMs: Math.round(waitedMs) } : undefined;

class ActionRun {
	private readonly node: INode;

	/** *On Error* is one of the two *Continue* modes. */
	private readonly continues: boolean;

	/** An agent called the node as its tool. */
	private readonly isTool: boolean;

	private readonly items: INodeExecutionData[];

	/** By item; empty until the item is settled. */
	private readonly results: Array<ItemResult | undefined>;

	private readonly kept: KeptAnswers;

	/** Answers that stream into a chat, by item; empty when nobody listens. */
	private readonly live = new Map<number, LiveAnswer>();

	private readonly settings = new Map<string, OutputSettings>();

	/** For an item whose options cannot even be read. */
	private readonly defaults = readOutputSettings({});

	/** How many items are done when the log says so next. */
	private nextProgress: number;

	private readonly tally: Tally = { answered: 0, failed: 0, notSent: 0, retried: 0, reused: 0, heldMs: 0 };

	constructor(
		private readonly context: IExecuteFunctions,
		private readonly action: Action,
		private readonly client: AgentAiClient,
		private readonly environment: Environment,
	) {
		this.node = context.getNode();
		this.continues = context.continueOnFail();
		this.isTool = isToolRun(context, this.node);
		this.items = context.getInputData();
		this.nextProgress = Math.ceil(this.items.length / 10);
		this.results = new Array<ItemResult | undefined>(this.items.length).fill(undefined);
		const runIndex = Number(context.evaluateExpression('{{ $runIndex }}', 0)) || 0;
		this.kept = new KeptAnswers(context.getContext('node'), runIndex);
	}

	async execute(): Promise<INodeExecutionData[]> {
		const batching = this.readBatching();
		this.openLive();
		// in Stop mode a run that cannot succeed anyway pays for nothing
		if (this.continues || (await this.passesCheck())) await this.send(batching);
		await this.finishLive();
		return this.deliver();
	}

	private readBatching(): BatchingSettings {
		try {
			return readBatching(this.parameters(0).options);
		} catch (error) {
			throw nodeError(this.node, summariseThrown(error, this.client.redactor([])), 0);
		}
	}

	/** Whether all items can be sent. What the check has counted is counted again when they are. */
	private async passesCheck(): Promise<boolean> {
		let pausedAt = systemClock.now();
		for (const prepared of this.prepareAll()) {
			void prepared;
			// ten thousand items take seconds, in which n8n has other work to do
			if (systemClock.now() - pausedAt < LONGEST_BLOCK_MS) continue;
			await sleep(0);
			pausedAt = systemClock.now();
		}
		if (this.tally.failed > 0) return false;
		this.tally.reused = 0;
		return true;
	}

	/**
	 * Reads and checks the items one by one, when they are asked for: ten thousand requests need not be in memory at
	 * once. Answers kept from an earlier try are taken over.
	 */
	private *prepareAll(): Iterable<Prepared> {
		const keys = new RequestKeys(this.client.credential.baseUrl);
		for (const index of this.items.keys()) {
			const prepared = this.prepare(index, keys);
			if (prepared) yield prepared;
		}
	}

	/** Reads and checks one item; gives nothing when its result is known without sending it. */
	private prepare(index: number, keys: RequestKeys): Prepared | undefined {
		let settings = this.defaults;
		try {
			const parameters = this.parameters(index);
			settings = this.intern(readOutputSettings(parameters.options));
			const request = this.action.prepare(parameters, this.environment);
			const key = keys.next(request);
			const answer = this.kept.get(key);
			if (answer === undefined) return { index, lane: request.lane, request, key, settings };
			this.tally.reused++;
			const { outputName } = request;
			this.results[index] = { answer, key, outputName, settings, info: requestInfo(settings, NOTHING_SPENT) };
		} catch (error) {
			this.tally.failed++;
			const summary = summariseThrown(error, this.client.redactor([]));
			this.results[index] = { error: summary, own: true, settings, info: requestInfo(settings, NOTHING_SPENT) };
		}
		return undefined;
	}

	private async send(batching: BatchingSettings): Promise<void> {
		const batch = await runBatch<Prepared, ActionResponse, Failure>(
			this.prepareAll(),
			async (item) => await this.attempt(item),
			{ ...batching, stopOnFailure: !this.continues },
			{
				clock: systemClock,
				pace: createPace(this.client.credential.baseUrl, batching.requestsPerMinute),
				signal: this.context.getExecutionCancelSignal(),
				onSettled: (item, settled) => {
					this.results[item.index] = this.resultOf(item, settled);
					this.logProgress();
				},
			},
		);
		this.tally.heldMs = batch.heldMs;
		if (batch.aborted) {
			this.keepAnswers();
			throw new NodeOperationError(this.node, 'The execution was canceled');
		}
	}

	private async attempt({ index, request, settings }: Prepared): Promise<Attempt<ActionResponse, Failure>> {
		const live = this.live.get(index);
		const onPiece = live && (async (piece: string) => await live.piece(piece));
		const result = await attemptAction(this.client, this.action, request, settings.jsonMode, onPiece);
		if (result.ok) await live?.end(this.action.textOf?.(result.value) ?? '');
		else result.passedOn = live?.started;
		return result;
	}

	private resultOf({ request, key, settings }: Prepared, settled: Settled<ActionResponse, Failure>): ItemResult {
		const info = requestInfo(settings, settled);
		if (settled.tries > 1) this.tally.retried++;
		switch (settled.state) {
			case 'answered':
				this.tally.answered++;
				return { answer: settled.value, key, outputName: request.outputName, settings, info };
			case 'failed':
				this.tally.failed++;
				return { error: summarise(settled.failure), own: true, settings, info };
			case 'notSent':
				this.tally.notSent++;
				return { error: summariseNotSent(settled.reason), own: false, settings, info };
		}
	}

	private logProgress(): void {
		const total = this.items.length;
		const { answered, failed, notSent, reused } = this.tally;
		const done = answered + failed + notSent + reused;
		if (total < PROGRESS_FROM || done < this.nextProgress) return;
		const tenth = Math.ceil(total / 10);
		this.nextProgress = done - (done % tenth) + tenth;
		this.context.logger.info(`${this.node.name}: ${done} of ${total} items done (${answered + reused} answered, ${failed} failed)`);
	}

	/** Where the workflow streams, every item's answer goes to whoever listens. */
	private openLive(): void {
		const { context, action } = this;
		// absent from older n8n
		if (!action.textOf || typeof context.isStreaming !== 'function' || !context.isStreaming()) return;
		this.items.forEach((_item, index) => this.live.set(index, new LiveAnswer(context, index)));
	}

	/** Shows what did not come from the server just now: kept answers, and in the Continue modes the failures. */
	private async finishLive(): Promise<void> {
		for (const [index, live] of this.live) {
			const result = this.results[index];
			if (result && 'answer' in result && !live.started) await live.end(this.action.textOf?.(result.answer) ?? '');
			if (result && 'error' in result && this.continues) await live.fail(inOneSentence(result.error));
		}
	}

	/** Builds the output items, or throws the error that ends the node. */
	private deliver(): INodeExecutionData[] {
		const error = this.firstError();
		if (error === undefined) this.kept.clear();
		// Retry On Fail runs the node again when it throws, and in the Continue modes when the first item is an error
		else if (!this.continues || this.node.retryOnFail === true) this.keepAnswers();
		if (error !== undefined && !this.continues) {
			const summary = { ...error.summary, ...stoppedMessage(error.summary, this.tally, this.items.length) };
			// of an error that a tool throws, the agent sees the message alone
			if (this.isTool) summary.message = inOneSentence(summary);
			// in a chat n8n shows the description alone
			if (this.live.size > 0) summary.description = inOneSentence(summary);
			throw nodeError(this.node, summary, error.index);
		}
		const hints = [batchHint(this.tally, this.items.length), retryOnFailHint(this.node, this.items.length)];
		this.context.addExecutionHints(...hints.filter((hint) => hint !== undefined));
		return this.items.map((item, index) => ({ json: this.itemJson(item, index), pairedItem: { item: index } }));
	}

	private itemJson(item: INodeExecutionData, index: number): IDataObject {
		// every item has a result by now: in Stop mode the node has failed before this
		const result = this.results[index] as ItemResult;
		const { settings, info } = result;
		if ('answer' in result) {
			const { answer, outputName } = result;
			if (this.isTool && isPlain(settings)) return { response: this.action.textOf?.(answer) ?? (answer.response as IDataObject) };
			return answerItem(answer, outputName, settings, item.json, info);
		}
		const error = errorJson(result.error, index, info);
		// on the error output any key beside `error` sends the item to the success branch (measured)
		const besideRow = settings.includeInputFields && this.node.onError !== 'continueErrorOutput';
		return besideRow ? { ...item.json, error } : { error };
	}

	/** The first error in input order that is an item's own; an item that was merely not sent comes after all of them. */
	private firstError(): { summary: ErrorSummary; index: number } | undefined {
		const errors = this.results.flatMap((result, index) => (result && 'error' in result ? [{ result, index }] : []));
		const own = errors.find(({ result }) => result.own) ?? errors[0];
		return own && { summary: own.result.error, index: own.index };
	}

	private keepAnswers(): void {
		this.kept.keep(this.results.flatMap((result) => (result && 'answer' in result ? [[result.key, result.answer] as const] : [])));
	}

	/** Items nearly always share their settings; ten thousand equal objects would cost memory for nothing. */
	private intern(settings: OutputSettings): OutputSettings {
		const id = JSON.stringify(settings);
		const known = this.settings.get(id) ?? settings;
		this.settings.set(id, known);
		return known;
	}

	private parameters(index: number): ItemParameters {
		const { context } = this;
		return {
			// only whole parameters are resource locators; n8n does not find a path among them
			get: (name) => context.getNodeParameter(name, index, '', { extractValue: !name.includes('.') }),
			options: context.getNodeParameter('options', index, {}) as IDataObject,
			row: (this.items[index] as INodeExecutionData).json,
		};
	}
}
