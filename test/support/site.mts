import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import type { IDataObject } from 'n8n-workflow';

import { runNode, type RunOptions, type RunResult } from './engine.mts';
import { portOf } from './port.mts';
import { textOf } from './sandbox.mts';

export interface Answer {
	status: number;
	body: string;
	headers?: Record<string, string>;
}

export const answered = (message: string): Answer => ({
	status: 200,
	body: JSON.stringify({ status: 200, response: { response_text: `re: ${message}` } }),
});
export const refused = (status: number, error: unknown): Answer => ({ status, body: JSON.stringify({ status, error, response: null }) });

export const RESTARTING = {
	message: 'Gateway is temporarily unavailable while suspending or restarting',
	type: 'service_unavailable',
	code: 'gateway_unavailable',
};

const open = new Set<Site>();

afterEach(async () => {
	for (const site of open) await site.down();
	open.clear();
});

/** An agent.ai that goes down, comes back at the same address, and says what it is told. */
export class Site {
	/** What was asked, in order; questions for the instance are "get_details". */
	readonly asked: string[] = [];

	/** Rows that were answered, with the token that came along. */
	readonly runs: { message: string; token: string }[] = [];

	/** Judges a request; `undefined` to answer it. */
	judge: (message: string, request: { token: string; body: IDataObject; number: number }) => Answer | 'silent' | 'reset' | undefined = () =>
		undefined;

	latencyMs = 5;

	private server: Server | undefined;

	private port = 0;

	private onAsked?: () => void;

	static async start(): Promise<Site> {
		const site = new Site();
		open.add(site);
		await site.up();
		return site;
	}

	get baseUrl(): string {
		return `http://127.0.0.1:${this.port}/v1`;
	}

	async up(): Promise<void> {
		const server = createServer((request, response) => void this.take(request, response));
		await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
		this.server = server;
		this.port = portOf(server);
	}

	async down(): Promise<void> {
		const { server } = this;
		this.server = undefined;
		server?.closeAllConnections();
		await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
	}

	/** Resolves when so many requests have come. */
	async hasBeenAsked(count: number): Promise<void> {
		while (this.asked.length < count) await new Promise((resolve) => (this.onAsked = () => resolve(undefined)));
	}

	private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
		let text = '';
		for await (const chunk of request) text += String(chunk);
		const body = (text === '' ? {} : JSON.parse(text)) as IDataObject;
		const message = typeof body.message === 'string' ? body.message : request.url?.includes('get_details') ? 'get_details' : 'catalogue';
		const token = typeof body.auth_token === 'string' ? body.auth_token : '';
		const number = this.asked.push(message);
		this.onAsked?.();
		const judged = this.judge(message, { token, body, number });
		await new Promise((resolve) => setTimeout(resolve, this.latencyMs));
		if (judged === 'silent') return;
		if (judged === 'reset') return void request.socket.resetAndDestroy();
		const answer = judged ?? answered(message);
		if (!judged) this.runs.push({ message, token });
		response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
		response.end(answer.body);
	}
}

export const rows = (count: number, name = 'row') => Array.from({ length: count }, (_, row) => ({ prompt: `${name} ${row}` }));

export async function run(
	site: Site,
	count: number,
	options: Partial<RunOptions> & { options?: IDataObject; credentialMore?: IDataObject } = {},
) {
	const { options: nodeOptions, credentialMore, ...rest } = options;
	return await runNode({
		credential: { apiToken: 'token', baseUrl: site.baseUrl, instanceIp: '10.0.0.1', authToken: 'gateway', ...credentialMore },
		parameters: { message: '={{ $json.prompt }}', options: { maxConcurrency: 20, ...nodeOptions } },
		items: rows(count),
		mode: 'trigger',
		onError: 'continueRegularOutput',
		...rest,
	});
}

export const texts = ({ items }: RunResult) => items.map(({ json }) => textOf(json));
export const errors = ({ items, errorItems }: RunResult) =>
	[...items, ...errorItems].flatMap(({ json }) =>
		json.error ? [json.error as { message: string; description: string; itemIndex: number; sendAgain?: boolean }] : [],
	);

/** Judges as told from one request on, until so many ms later. */
export function outage(site: Site, from: number, ms: number, answer: Answer): { meanwhile: () => number } {
	let until: number | undefined;
	let meanwhile = 0;
	site.judge = (_message, { number }) => {
		if (number <= from) return undefined;
		until ??= performance.now() + ms;
		if (performance.now() > until) return undefined;
		meanwhile++;
		return answer;
	};
	return { meanwhile: () => meanwhile };
}
