'use strict';

// Loaded into a real n8n before all else: the hosts that a file names are on loopback, as long as it names them. The resolver of
// the machine answers for all others, and says of those that there is no such host.
const dns = require('node:dns');
const { readFileSync } = require('node:fs');

const { lookup } = dns;

dns.lookup = (hostname, ...rest) => {
	const isOurs = hostname.endsWith('.invalid') && readFileSync(process.env.HOSTS_ON_LOOPBACK, 'utf8').split(' ').includes(hostname);
	return lookup(isOurs ? '127.0.0.1' : hostname, ...rest);
};
