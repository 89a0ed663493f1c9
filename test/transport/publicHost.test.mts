import { isAmongDomains, isPublicHost } from '../../nodes/AgentAi/transport/publicHost.ts';

test('a domain is in a list as people type it, with *. in front for all below it', () => {
	const ROWS: [hostname: string, typed: string, isIn: boolean][] = [
		['cdn.example.com', 'cdn.example.com', true],
		['cdn.example.com', ' other.org ,, CDN.Example.com ', true],
		['a.b.example.com', '*.example.com', true],
		['example.com', '*.example.com', false],
		['badexample.com', '*.example.com', false],
		['cdn.example.com', 'example.com', false],
		['cdn.example.com.evil.org', 'cdn.example.com, *.example.com', false],
		['cdn.example.com', '', false],
		['cdn.example.com', ' , ', false],
	];
	for (const [hostname, typed, isIn] of ROWS) expect([hostname, typed, isAmongDomains(hostname, typed)]).toEqual([hostname, typed, isIn]);
});

test('a host inside is told by its name or its address, however that is written', () => {
	const INSIDE = [
		...['localhost', 'localhost.', 'a.localhost', 'intranet', 'printer.local', 'vault.internal', 'db.corp', 'router.lan', 'x.home.arpa'],
		...['10.0.0.7', '10.0.0.7.', '127.1', '2130706433', '0x7f.0.0.1', '017700000001', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
		...['169.254.169.254', '100.64.0.1', '192.0.0.1', '198.18.0.1', '203.0.113.5', '224.0.0.1', '255.255.255.255', '0.0.0.0'],
		...['[::1]', '[::]', '[::ffff:10.0.0.7]', '[::ffff:a00:7]', '[fe80::1]', '[fd00::1]', '[64:ff9b::a00:7]', '[2002:a00:7::]'],
		...['[2001::1]', '[2001:db8::1]', '[ff02::1]'],
	];
	const OUTSIDE = ['example.com', 'EXAMPLE.com.', 'localhost.example.com', 'internal.example.com', '93.184.215.14', '172.32.0.1'];
	const hostOf = (written: string) => new URL(`https://${written}/`).hostname;
	expect(INSIDE.filter((written) => isPublicHost(hostOf(written)))).toEqual([]);
	expect([...OUTSIDE, '100.128.0.1', '[2606:2800:21f::1]'].filter((written) => !isPublicHost(hostOf(written)))).toEqual([]);
});

test('each range that IANA has set aside begins and ends where its registry says, and beside it is the internet', () => {
	const RANGES: [first: string, last: string, before: string, after: string][] = [
		['0.0.0.0', '0.255.255.255', '1.0.0.0', '9.255.255.255'],
		['10.0.0.0', '10.255.255.255', '9.255.255.255', '11.0.0.0'],
		['100.64.0.0', '100.127.255.255', '100.63.255.255', '100.128.0.0'],
		['127.0.0.0', '127.255.255.255', '126.255.255.255', '128.0.0.0'],
		['169.254.0.0', '169.254.255.255', '169.253.255.255', '169.255.0.0'],
		['172.16.0.0', '172.31.255.255', '172.15.255.255', '172.32.0.0'],
		['192.0.0.0', '192.0.0.255', '191.255.255.255', '192.0.1.0'],
		['192.0.2.0', '192.0.2.255', '192.0.1.255', '192.0.3.0'],
		['192.88.99.0', '192.88.99.255', '192.88.98.255', '192.88.100.0'],
		['192.168.0.0', '192.168.255.255', '192.167.255.255', '192.169.0.0'],
		['198.18.0.0', '198.19.255.255', '198.17.255.255', '198.20.0.0'],
		['198.51.100.0', '198.51.100.255', '198.51.99.255', '198.51.101.0'],
		['203.0.113.0', '203.0.113.255', '203.0.112.255', '203.0.114.0'],
		['224.0.0.0', '255.255.255.255', '223.255.255.255', '223.0.0.0'],
		['[1fff::]', '[::]', '[2000::]', '[2001:1::]'],
		['[4000::]', '[ffff::]', '[3fff::]', '[2003::]'],
		['[2001:0:1::]', '[2001::1]', '[2001:2::]', '[2600::]'],
		['[2001:db8::]', '[2002::]', '[2001:db9::]', '[2400:db8::]'],
	];
	for (const [first, last, before, after] of RANGES) {
		const hosts = [first, last, before, after];
		expect([...hosts, ...hosts.map(isPublicHost)]).toEqual([...hosts, false, false, true, true]);
	}
	expect(['1.2.3.4.example.com', 'a.1.2.3.4', '1.2.3.4.'].map(isPublicHost)).toEqual([true, true, true]);
});
