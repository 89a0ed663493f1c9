import { parseArgs } from 'node:util';

import { type Fault, FAULTS } from './faults.mts';
import { Sandbox, type SandboxOptions } from './server.mts';

const HELP = `A local agent.ai, to build workflows without spending credits.

Usage: npm run sandbox -- [options]

  --port <n>            port on 127.0.0.1 (default 8181)
  --rate-limit <n>      requests a minute, with agent.ai's headers (default: no limit)
  --latency <ms>        how long the agent takes (default 200)
  --piece-delay <ms>    pause between the pieces of a streamed answer (default 50)
  --fault <name>[:<p>]  make requests fail, each with probability p (default 1); may be given several times
  --help                this text

Faults:
${Object.entries(FAULTS)
	.map(([name, text]) => `  ${name.padEnd(24)}${text}`)
	.join('\n')}
`;

const { values } = parseArgs({
	options: {
		port: { type: 'string', default: '8181' },
		'rate-limit': { type: 'string', default: '0' },
		latency: { type: 'string', default: '200' },
		'piece-delay': { type: 'string', default: '50' },
		fault: { type: 'string', multiple: true, default: [] },
		help: { type: 'boolean', default: false },
	},
});

function number(name: 'port' | 'rate-limit' | 'latency' | 'piece-delay'): number {
	const value = Number(values[name]);
	if (Number.isInteger(value) && value >= 0) return value;
	console.error(`--${name} must be a whole number, but ${values[name]} was given`);
	process.exit(2);
}

function readFaults(): { name: Fault; probability: number }[] {
	return values.fault.map((given) => {
		const [name = '', probability = '1'] = given.split(':');
		if (!(name in FAULTS) || !(Number(probability) >= 0)) {
			console.error(`--fault ${given} is not known; npm run sandbox -- --help lists the faults`);
			process.exit(2);
		}
		return { name: name as Fault, probability: Number(probability) };
	});
}

if (values.help) {
	console.log(HELP);
	process.exit(0);
}

const faults = readFaults();
const options: SandboxOptions = {
	port: number('port'),
	rateLimit: number('rate-limit'),
	latencyMs: number('latency'),
	pieceDelayMs: number('piece-delay'),
	fault: () => faults.find(({ probability }) => Math.random() < probability)?.name,
	onRequest: (line) => console.log(line),
};

try {
	const sandbox = await Sandbox.start(options);
	console.log(`The sandbox answers at ${sandbox.origin}. In n8n, make an “Agent.ai API” credential with

  API Token             ${sandbox.options.apiToken}
  Base URL              ${sandbox.baseUrl}
  OpenClaw Instance IP  127.0.0.1
  OpenClaw Auth Token   ${sandbox.options.authToken}

Press Ctrl-C to stop it. Requests:`);
	for (const signal of ['SIGINT', 'SIGTERM'] as const) {
		process.once(signal, () => void sandbox.close().then(() => process.exit(0)));
	}
} catch (error) {
	const { code } = error as NodeJS.ErrnoException;
	console.error(
		code === 'EADDRINUSE'
			? `Port ${values.port} is in use. Choose another with --port`
			: `The sandbox could not start: ${(error as Error).message}`,
	);
	process.exit(1);
}
