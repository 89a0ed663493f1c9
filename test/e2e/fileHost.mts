import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer as createProxy, type Server } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { fileOf } from '../../sandbox/agents/files.mts';

const HOST = 'files.example.com';

export interface FileHost {
	/** Where the files lie: any name that ends as one of a kind that there is. */
	url: string;
	/** With these settings an n8n reaches the host, and nothing else over https. */
	env: Record<string, string>;
	/** What was asked for, and the headers. */
	asked: { path: string; headers: Record<string, unknown> }[];
	close(): Promise<void>;
}

/**
 * A host of files on the internet, as an n8n behind a company's proxy sees it: a public name with a certificate, which the
 * proxy alone can look up.
 */
export async function startFileHost(): Promise<FileHost> {
	const folder = await mkdtemp(join(tmpdir(), 'n8n-nodes-agent-ai-files-'));
	const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
	const subject = ['-subj', `/CN=${HOST}`, '-addext', `subjectAltName=DNS:${HOST}`];
	const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
	await promisify(execFile)('openssl', ['req', '-x509', ...kind, '-keyout', keyFile, '-out', certFile, ...subject]);

	const asked: FileHost['asked'] = [];
	const files = createServer({ key: await readFile(keyFile), cert: await readFile(certFile) }, ({ url = '', headers }, response) => {
		asked.push({ path: url, headers });
		const file = fileOf(url);
		response.writeHead(file ? 200 : 404, file ? { 'content-type': file.type } : {}).end(file?.bytes);
	});
	const filesPort = await listen(files);

	const proxy = createProxy((_request, response) => response.writeHead(403).end());
	proxy.on('connect', ({ url }, client, head) => {
		if (url !== `${HOST}:443`) return client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
		const through = connect(filesPort, '127.0.0.1', () => {
			client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
			through.write(head);
			through.pipe(client).pipe(through);
		});
		for (const side of [through, client]) side.on('error', () => [through, client].forEach((end) => end.destroy()));
		return undefined;
	});
	const proxyUrl = `http://127.0.0.1:${await listen(proxy)}`;

	return {
		url: `https://${HOST}`,
		env: { HTTPS_PROXY: proxyUrl, https_proxy: proxyUrl, NODE_EXTRA_CA_CERTS: certFile },
		asked,
		close: async () => {
			for (const server of [files, proxy]) {
				server.closeAllConnections();
				server.close();
			}
			await rm(folder, { recursive: true });
		},
	};
}

async function listen(server: Pick<Server, 'listen' | 'address'>): Promise<number> {
	await new Promise<void>((listening) => server.listen(0, '127.0.0.1', () => listening()));
	return (server.address() as AddressInfo).port;
}
