import { BlockList, isIP } from 'node:net';

/** Where a gateway listens. */
export interface GatewayAddress {
	/** In lower case, without brackets. */
	host: string;
	/** Host and port as they stand in a URL. */
	authority: string;
	/** Plain HTTP on loopback and in private networks, HTTPS anywhere else. */
	url: string;
	isLoopback: boolean;
}

/** The port on which an OpenClaw gateway listens by default. */
export const GATEWAY_PORT = 18789;

const HTTPS_PORT = '443';

const AUTHORITY = /^(?<host>[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::(?<port>\d{1,5}))?$/i;

/** Networks that no public address leads to, where gateways listen without a certificate: RFC 1918, 3927, 4193, 6598. */
const PRIVATE = new BlockList();
for (const [network, prefix] of [
	['10.0.0.0', 8],
	['172.16.0.0', 12],
	['192.168.0.0', 16],
	['169.254.0.0', 16],
	// carrier-grade NAT, which Tailscale uses
	['100.64.0.0', 10],
] as const) {
	PRIVATE.addSubnet(network, prefix, 'ipv4');
}
PRIVATE.addSubnet('fc00::', 7, 'ipv6');
PRIVATE.addSubnet('fe80::', 10, 'ipv6');

/**
 * Reads an action's `instance_ip`: a host or `host:port`. Without a port it is OpenClaw's own where HTTP is plain, and
 * that of HTTPS elsewhere, where a proxy with a certificate stands in front of the gateway. Port 443 is HTTPS anywhere.
 */
export function readAddress(instance: string): GatewayAddress | undefined {
	const { host, port } = AUTHORITY.exec(instance.trim())?.groups ?? {};
	if (host === undefined) return undefined;
	const name = host.toLowerCase().replace(/^\[|\]$/g, '');
	const isLoopback = name === 'localhost' || name === '::1' || /^127\.\d+\.\d+\.\d+$/.test(name);
	const isPlain = port !== HTTPS_PORT && (isLoopback || isPrivate(name));
	const authority = `${host.toLowerCase()}${port ? `:${port}` : isPlain ? `:${GATEWAY_PORT}` : ''}`;
	const url = `${isPlain ? 'http' : 'https'}://${authority}`;
	return URL.canParse(url) ? { host: name, authority, url, isLoopback } : undefined;
}

function isPrivate(host: string): boolean {
	const family = isIP(host);
	return family !== 0 && PRIVATE.check(host, family === 6 ? 'ipv6' : 'ipv4');
}
