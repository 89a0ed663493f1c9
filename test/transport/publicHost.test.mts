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
