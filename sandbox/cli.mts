import { parseArgs } from 'node:util';

import { GATEWAY_PORT } from './bridge/address.mts';
import { gatewayProblem } from './bridge/check.mts';
import { RealGateway, TOKEN_MISSING } from './bridge/realGateway.mts';
import { findGateway } from './bridge/settings.mts';
import { addConversations, DEMO } from './demo.mts';
import { type Fault, FAULTS } from './faults.mts';
import { Sandbox, type SandboxOptions } from './server.mts';

const HELP = `A local agent.ai, to build workflows without spending credits.

Usage: npm run sandbox -- [options]

  --port <n>            port on 127.0.0.1 (default 8181)
  --rate-limit <n>      requests per minute for each account, with agent.ai's headers (default: no limit)
  --account <token>     API token of another account; can be repeated
  --help                this text

A simulated OpenClaw instance answers:

  --latency <ms>        how long the agent takes (default ${DEMO.latencyMs as number})
  --piece-delay <ms>    pause between the chunks of a streamed answer (default ${DEMO.pieceDelayMs!})
  --echo                repeat the message instead of answering by topic
  --fault <name>[:<p>]  make requests fail, each with probability p (default 1); can be repeated

or your own OpenClaw, without an agent.ai account:

  --openclaw            use a real gateway; its port and token come from ~/.openclaw/openclaw.json, or from
                        OPENCLAW_GATEWAY_PORT and OPENCLAW_GATEWAY_TOKEN
  --gateway <host:port> another gateway (default 127.0.0.1 and that port, else ${GATEWAY_PORT})
  --allow-host <host>   allow requests to name this host too; can be repeated (default: loopback only)

Faults:
${Object.entries(FAULTS)
	.map(([name, text]) => `  ${name.padEnd(24)}${text}`)
	.join('\n')}
`;

/** Ends with what to do, and exit code 2 for a wrong command line. */
function fail(message: string, code = 1): never {
	console.error(message);
	process.exit(code);
}

const { values } = readArguments();
if (values.help) {
	console.log(HELP);
	process.exit(0);
}
const options: SandboxOptions = {
	...DEMO,
	port: number('port') ?? 8181,
	rateLimit: number('rate-limit') ?? 0,
	accounts: values.account,
	onRequest: (line) => console.log(line),
};

try {
	await (values.openclaw ? startBridge() : startSandbox());
} catch (error) {
	const { code } = error as NodeJS.ErrnoException;
	fail(
		code === 'EADDRINUSE'
			? `Port ${options.port!} is in use. Choose another with --port`
			: `The sandbox could not start: ${(error as Error).message}`,
	);
}

function readArguments() {
	try {
		return parseArgs({
			options: {
				port: { type: 'string' },
				'rate-limit': { type: 'string' },
				account: { type: 'string', multiple: true, default: [] },
				latency: { type: 'string' },
				'piece-delay': { type: 'string' },
				echo: { type: 'boolean' },
				fault: { type: 'string', multiple: true },
				openclaw: { type: 'boolean', default: false },
				gateway: { type: 'string' },
				'allow-host': { type: 'string', multiple: true },
				help: { type: 'boolean', default: false },
			},
		});
	} catch (error) {
		return fail(`${(error as Error).message}. npm run sandbox -- --help lists the options`, 2);
	}
}

async function startSandbox(): Promise<void> {
	for (const name of ['gateway', 'allow-host'] as const) if (values[name]) fail(`--${name} goes with --openclaw`, 2);
	const faults = readFaults();
	const sandbox = await Sandbox.start({
		...options,
		latencyMs: number('latency') ?? DEMO.latencyMs!,
		pieceDelayMs: number('piece-delay') ?? DEMO.pieceDelayMs!,
		replies: values.echo ? 'echo' : 'topics',
		fault: () => faults.find(({ probability }) => Math.random() < probability)?.name,
	});
	addConversations(sandbox.agent);
	present(sandbox, 'The sandbox answers', '127.0.0.1', sandbox.options.authToken);
}

async function startBridge(): Promise<void> {
	for (const name of ['latency', 'piece-delay', 'echo', 'fault'] as const) {
		if (values[name] !== undefined) fail(`--${name} is for the simulated instance, and cannot be used with --openclaw`, 2);
	}
	const find = async () => await findGateway(values.gateway);
	const { instance, token } = await find();
	if (token === undefined) fail(TOKEN_MISSING);
	// whoever names a gateway on the command line allows it
	const gateway = new RealGateway({ find, allowedHosts: [instance, ...(values['allow-host'] ?? [])] });
	const problem = await gatewayProblem(gateway, instance, token);
	if (problem !== undefined) fail(problem);
	present(await Sandbox.start(options, gateway), `Your OpenClaw at ${instance} answers`, '', '');
}

function present(sandbox: Sandbox, what: string, instanceIp: string, authToken: string): void {
	console.log(`${what} at ${sandbox.origin}. In n8n, create an “Agent.ai API” credential with

  API Token             ${sandbox.options.apiToken}
  Base URL              ${sandbox.baseUrl}
  OpenClaw Instance IP  ${instanceIp || '(leave it empty)'}
  OpenClaw Auth Token   ${authToken || '(leave it empty)'}

Press Ctrl-C to stop it. Requests:`);
	for (const signal of ['SIGINT', 'SIGTERM'] as const) {
		process.once(signal, () => void sandbox.close().then(() => process.exit(0)));
	}
}

function number(name: 'port' | 'rate-limit' | 'latency' | 'piece-delay'): number | undefined {
	const given = values[name];
	if (given === undefined) return undefined;
	const value = Number(given);
	if (given.trim() !== '' && Number.isInteger(value) && value >= 0) return value;
	return fail(`--${name} must be a whole number, but ${given} was given`, 2);
}

function readFaults(): { name: Fault; probability: number }[] {
	return (values.fault ?? []).map((given) => {
		const [name = '', probability = '1'] = given.split(':');
		if (!(name in FAULTS) || !(Number(probability) >= 0)) {
			fail(`--fault ${given} is not known; npm run sandbox -- --help lists the faults`, 2);
		}
		return { name: name as Fault, probability: Number(probability) };
	});
}
