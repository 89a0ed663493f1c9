import type { IDataObject, OnError } from 'n8n-workflow';

import type { Party } from './worker/parties.mts';

/** What a worker process is to run and to measure. */
export interface Job {
	party: Party;
	/** The server's address, as it stands in the credential's *Base URL*. */
	baseUrl: string;
	/** File of the certificate that the server has signed itself. */
	certificate?: string;
	/** Rows, each with a prompt `row <number>`. */
	items: number;
	/** Items in flight at once: *Max Concurrency*, the window of a loop, or the size of a batch. */
	concurrency: number;
	/** Rows that are run before, and not measured, so that the code is compiled. Default 300. */
	warmUp?: number;
	/** Times that the workflow is run one after another. Default 1. */
	repeat?: number;
	/** Times that the workflow is run at once. Default 1. */
	parallel?: number;
	onError?: OnError;
	/** Whether n8n runs a node again that fails, as often and as late as it can be set to. */
	retryOnFail?: boolean;
	/** Parameters of the Agent.ai node that differ. */
	parameters?: IDataObject;
	/** Pause between the batches of HTTP Request, in ms. */
	intervalMs?: number;
	/** Whether answers come in pieces and are shown in a chat. */
	stream?: boolean;
	/** Whether to end at the first request: only the time until then is of interest. */
	untilFirstRequest?: boolean;
	/** Whether to look for the longest block of the event loop, which keeps the processor busy while it waits. */
	watchBlocks?: boolean;
	/** Whether to run the workflow once before in a way that its answers are kept, and to measure its retry. */
	retry?: boolean;
	/** Makes all clocks of the worker run faster. */
	timeScale?: TimeScale;
}

/** A clock that runs faster than the real one from a moment on. */
export interface TimeScale {
	/** Times faster. */
	factor: number;
	/** The moment, in ms since 1970, at which both clocks show the same. */
	origin: number;
}

/** What a worker tells of its measured runs, all of them together. */
export interface Measured {
	/** From the start of the workflow to its end, in ms. */
	wallMs: number;
	/** Processor time of the worker process, in ms. */
	cpuMs: number;
	/** From the start of the workflow to its first request, in ms. */
	firstRequestMs: number;
	/** Longest time that the main thread computed without a turn of the event loop while the node ran, in ms of processor time. */
	longestBlockMs: number;
	/** Most memory of the process, in MiB. */
	peakMiB: number;
	/** Heap that the results of the run keep in use, in MiB. */
	heldMiB: number;
	/** Rows that came back with an answer. */
	answered: number;
	/** Rows that came back with an error or not at all. */
	lost: number;
	/** For each row's first piece that was shown, the time since the server sent it, in ms. */
	firstPieceDelaysMs: number[];
	/** Why the workflow failed, if it did. */
	error?: string;
}
