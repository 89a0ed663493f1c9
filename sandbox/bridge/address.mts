/** Where a gateway listens. */
export interface GatewayAddress {
	/** In lower case, without brackets. */
	host: string;
	/** Host and port as they stand in a URL. */
	authority: string;
	/** Plain HTTP on loopback, HTTPS anywhere else. */
	url: string;
	isLoopback: boolean;
}

/** The port on which an OpenClaw gateway listens by default. */
export const GATEWAY_PORT = 18789;

const AUTHORITY = /^(?<host>[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::(?<port>\d{1,5}))?$/i;

/**
 * Reads an action's `instance_ip`: a host or `host:port`. Without a port it is OpenClaw's own on loopback, and that of
 * HTTPS elsewhere, where a proxy with a certificate stands in front of the gateway.
 */
export function readAddress(instance: string): GatewayAddress | undefined {
	const { host, port } = AUTHORITY.exec(instance.trim())?.groups ?? {};
	if (host === undefined) return undefined;
	const name = host.toLowerCase().replace(/^\[|\]$/g, '');
	const isLoopback = name === 'localhost' || name === '::1' || /^127\.\d+\.\d+\.\d+$/.test(name);
	const authority = `${host.toLowerCase()}${port ? `:${port}` : isLoopback ? `:${GATEWAY_PORT}` : ''}`;
	const url = `${isLoopback ? 'http' : 'https'}://${authority}`;
	return URL.canParse(url) ? { host: name, authority, url, isLoopback } : undefined;
}
