import { isAmongDomains } from '../../nodes/AgentAi/transport/publicHost.ts';

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
