import { spawn, type SpawnOptions } from 'node:child_process';

/**
 * Runs a command to its end, and says every 15 seconds that it is still at work.
 *
 * @param label what to call the step, in the messages
 * @throws Error with the last output when the command fails
 */
export async function runStep(label: string, command: string, args: string[], options: SpawnOptions = {}): Promise<string> {
	const startedAt = Date.now();
	const seconds = () => Math.round((Date.now() - startedAt) / 1000);
	console.log(`${label} …`);
	const progress = setInterval(() => console.log(`${label} … ${seconds()} s`), 15_000);
	const output: string[] = [];
	try {
		const code = await new Promise<number | null>((resolve, reject) => {
			const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
			for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => output.push(chunk.toString()));
			child.on('error', reject);
			child.on('close', resolve);
		});
		const text = output.join('');
		if (code !== 0) throw new Error(`${label} failed (exit code ${code}):\n${text.slice(-4000)}`);
		return text;
	} finally {
		clearInterval(progress);
	}
}
