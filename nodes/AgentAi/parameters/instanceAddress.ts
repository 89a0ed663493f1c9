import { InputError } from './inputError';
import { found } from './text';

const HOST = /^(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.?$/i;

/**
 * An instance address as the API wants it: `host` or `host:port`. A scheme and trailing slashes are removed, as people
 * paste them; a path, user info, spaces or anything else is refused.
 *
 * @param label the parameter's name in the panel
 * @throws InputError when it is not an address
 */
export function instanceAddress(value: string, label: string): string {
	const address = value
		.trim()
		.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
		.replace(/\/+$/, '');
	const match = /^(\[[0-9a-f:.]+\]|[^:[\]]*)(?::(\d{1,5}))?$/i.exec(address);
	const host = match?.[1] ?? '';
	const port = match?.[2];
	const validHost = host.startsWith('[') ? host.length > 4 : HOST.test(host);
	if (!validHost || (port !== undefined && (Number(port) < 1 || Number(port) > 65_535))) {
		throw new InputError(
			`${label} must be a host name or IP address, but ${found(withoutUserInfo(value))} was found`,
			'Use the form 167.71.242.214 or claw.example.com:18789, without https:// and without a path',
		);
	}
	return address;
}

/** What stands before an @ may be a password. */
const withoutUserInfo = (value: string) => value.trim().replace(/[^/\s]*@/, '…@');
