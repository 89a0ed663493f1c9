import { found, InputError } from '../failures/inputError';
import { withoutInvisible } from './token';

/** Labels of letters, digits, hyphens and underscores, at most 63 each. */
const HOST = /^(?:[a-z0-9_][a-z0-9_-]{0,62}\.)*[a-z0-9_][a-z0-9_-]{0,62}\.?$/i;
/** Longest host name in the DNS. */
const MAX_HOST_LENGTH = 253;
/** What people paste with a scheme and slashes around it is not longer; patterns never see more. */
const MAX_TYPED_LENGTH = 1_000;

/**
 * An instance address as the API wants it: `host` or `host:port`. A scheme and trailing slashes are removed, as people
 * paste them; a path, user info, spaces or anything else is refused.
 *
 * @throws InputError when it is not an address
 */
export function instanceAddress(value: string, label: string): string {
	const typed = value.length > MAX_TYPED_LENGTH ? '' : withoutInvisible(value);
	const address = typed.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '').replace(/\/+$/, '');
	const [, host = '', port] = /^(\[[0-9a-f:.]+\]|[^:[\]]*)(?::(\d{1,5}))?$/i.exec(address) ?? [];
	if (!isHost(host) || (port !== undefined && (Number(port) < 1 || Number(port) > 65_535))) {
		throw new InputError(
			`${label} must be a host name or IP address, not ${found(withoutSecrets(value))}`,
			'Use the form 167.71.242.214 or claw.example.com:18789, without https:// and without a path. Put IPv6 addresses in square brackets',
		);
	}
	return address;
}

/** A host whose last label is a number is an IPv4 address or nothing (WHATWG URL, "ends in a number"). */
function isHost(host: string): boolean {
	if (host.startsWith('[')) return URL.canParse(`http://${host}/`);
	if (host.length > MAX_HOST_LENGTH || !HOST.test(host)) return false;
	if (!/(?:^|\.)\d+\.?$/.test(host)) return true;
	const octets = host.split('.');
	return octets.length === 4 && octets.every((octet) => /^\d{1,3}$/.test(octet) && Number(octet) <= 255);
}

/** What stands before an @ may be a password, and behind a ? or # a token. */
const withoutSecrets = (value: string) => {
	const at = value.lastIndexOf('@');
	const shown = at === -1 ? value.trim() : `…${value.slice(at).trim()}`;
	return shown.replace(/[?#].*$/s, '…');
};
