/** Names that are never on the internet (RFC 6761, RFC 6762, RFC 8375, and what companies use inside). */
const INSIDE = /(?:^|\.)(?:localhost|local|internal|intranet|lan|home|corp|private|localdomain|home\.arpa|test|invalid|onion)$/;

/**
 * Whether a host of a URL can be one on the internet: by its address, or by its name, where it has one. What its name leads to
 * is left to the certificate: an address inside has none for a name outside.
 *
 * @param hostname as `URL` gives it: in lower case, an IPv4 address in its one spelling, an IPv6 address in brackets
 */
export function isPublicHost(hostname: string): boolean {
	if (hostname.startsWith('[')) return isPublicIpv6(hostname.slice(1, -1));
	const octets = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.?$/.exec(hostname)?.slice(1).map(Number);
	if (octets) return isPublicIpv4(octets as [number, number, number, number]);
	const name = hostname.replace(/\.$/, '');
	return name.includes('.') && !INSIDE.test(name);
}

/** Addresses that IANA has not set aside (its IPv4 Special-Purpose Address Registry). */
function isPublicIpv4([first, second, third]: [number, number, number, number]): boolean {
	if (first === 0 || first === 10 || first === 127 || first >= 224) return false;
	if (first === 100) return second < 64 || second > 127;
	if (first === 169) return second !== 254;
	if (first === 172) return second < 16 || second > 31;
	if (first === 192) return second !== 168 && !(second === 0 && (third === 0 || third === 2)) && !(second === 88 && third === 99);
	if (first === 198) return second !== 18 && second !== 19 && !(second === 51 && third === 100);
	return !(first === 203 && second === 0 && third === 113);
}

/** Global unicast alone (2000::/3), without what leads to IPv4 addresses (Teredo, 6to4) or stands in documents. */
function isPublicIpv6(address: string): boolean {
	const [first = '', second = ''] = address.split(':');
	const start = parseInt(first || '0', 16);
	if (start < 0x2000 || start > 0x3fff || start === 0x2002) return false;
	return !(start === 0x2001 && ['', '0', 'db8'].includes(second));
}

/**
 * Whether a host is in a list of domains as people type it: separated by commas, `*.` in front for all below a domain, as in
 * n8n's *Allowed HTTP Request Domains*. An empty list holds none.
 */
export const isAmongDomains = (hostname: string, typed: string): boolean =>
	typed
		.split(',')
		.map((domain) => domain.trim().toLowerCase())
		.some((domain) => domain !== '' && (domain.startsWith('*.') ? hostname.endsWith(domain.slice(1)) : hostname === domain));
