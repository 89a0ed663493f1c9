import { execFileSync } from 'node:child_process';

import { repository, withWholeAddresses } from '../../scripts/repository.mts';

test('every file names the repository that package.json names', async () => {
	const named = execFileSync('git', ['grep', '-hoiE', 'github\\.com/[^/ "]+/n8n-nodes-agent-ai', '--', ':!package-lock.json'], {
		encoding: 'utf8',
	});
	const ours = `github.com/${await repository()}`;
	expect([...new Set(named.trim().split('\n'))]).toEqual([ours]);
});

test.each([
	['![a](docs/a.png)', '![a](https://raw.githubusercontent.com/me/it/main/docs/a.png)'],
	['<img src="docs/a.png" alt="">', '<img src="https://raw.githubusercontent.com/me/it/main/docs/a.png" alt="">'],
	['<source srcset="docs/a.png">', '<source srcset="https://raw.githubusercontent.com/me/it/main/docs/a.png">'],
	['[`x`](docs/x.md#y)', '[`x`](https://github.com/me/it/blob/main/docs/x.md#y)'],
	['[here](#below) [n8n](https://n8n.io)', '[here](#below) [n8n](https://n8n.io)'],
])('on npm’s page %s is %s', (text, expected) => expect(withWholeAddresses(text, 'me/it')).toBe(expected));
