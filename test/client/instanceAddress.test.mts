import { instanceAddress } from '../../nodes/AgentAi/client/instanceAddress.ts';

test.each([
	['167.71.242.214', '167.71.242.214'],
	['claw.example.com:18789', 'claw.example.com:18789'],
	[' https://claw.example.com/ ', 'claw.example.com'],
	['localhost', 'localhost'],
	['claw_1.internal', 'claw_1.internal'],
	['xn--bcher-kva.example', 'xn--bcher-kva.example'],
	['10.0.0.1:1', '10.0.0.1:1'],
	['[::1]:18789', '[::1]:18789'],
	['[2001:db8::7]', '[2001:db8::7]'],
	['\u200b10.0.0.1', '10.0.0.1'],
])('%j is the address %j', (typed, address) => {
	expect(instanceAddress(typed, 'Instance IP')).toBe(address);
});

test.each([
	['[....]'],
	['[1:2]'],
	['[::1'],
	['::1'],
	['999.999.999.999'],
	['1.2.3'],
	['1.2.3.4.5'],
	['256.1.1.1'],
	['4711'],
	['host..name'],
	['.host'],
	['-'],
	['a b'],
	['10.0.0\n.1'],
	['host/path'],
	['host?x'],
	['host:0'],
	['host:65536'],
	['host:'],
	['a'.repeat(64)],
	[`${'a.'.repeat(130)}a`],
	[`${'a'.repeat(200_000)}!`],
])('%.40j is none', (typed) => {
	expect(() => instanceAddress(typed, 'Instance IP')).toThrow(/^Instance IP must be a host name or IP address, not/);
});

test.each(['http://claw.example.com:18789/?token=gw-secret', 'claw.example.com/#token=gw-secret', 'me:gw-secret@claw.example.com/x'])(
	'a token in a pasted link is not repeated: %s',
	(pasted) => {
		expect(() => instanceAddress(pasted, 'Instance IP')).toThrow(/Instance IP must be/);
		expect(() => instanceAddress(pasted, 'Instance IP')).not.toThrow(/gw-secret/);
	},
);
