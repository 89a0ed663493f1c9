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
	const name = hostname.replace(/\.$/, '');
	if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(name)) return isPublicIpv4(name);
	return name.includes('.') && !INSIDE.test(name);
}

/** What IANA has set aside (its IPv4 Special-Purpose Address Registry), and what is no address of one host. */
const SET_ASIDE =
	'0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 ' +
	'192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/3';

function isPublicIpv4(address: string): boolean {
	return SET_ASIDE.split(' ').every((range) => {
		const [base = '', bits] = range.split('/');
		const size = 2 ** (32 - Number(bits));
		return Math.floor(numberOf(address) / size) !== Math.floor(numberOf(base) / size);
	});
}

const numberOf = (address: string) => address.split('.').reduce((number, octet) => number * 256 + Number(octet), 0);

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
