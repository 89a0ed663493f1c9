import { Channel } from '../../nodes/AgentAi/chatModel/channel.ts';
import { type SdkMessage, toActionMessages } from '../../nodes/AgentAi/chatModel/messages.ts';

const say = (role: string, ...texts: string[]): SdkMessage => ({ role, content: texts.map((text) => ({ type: 'text', text })) });

describe('messages', () => {
	const conversation = [say('system', 'Be brief'), say('user', 'hi'), say('assistant', 'hello'), say('user', 'how', 'are you?')];

	test('the latest of the user is the message, all others come before it', () => {
		expect(toActionMessages(conversation, false)).toEqual({
			message: 'how\nare you?',
			earlier: [
				{ role: 'system', content: 'Be brief' },
				{ role: 'user', content: 'hi' },
				{ role: 'assistant', content: 'hello' },
			],
		});
	});

	test('a session remembers earlier turns by itself: only the instructions go along', () => {
		expect(toActionMessages(conversation, true).earlier).toEqual([{ role: 'system', content: 'Be brief' }]);
	});

	test('files are refused', () => {
		expect(() => toActionMessages([{ role: 'user', content: [{ type: 'file' }] }], false)).toThrow(/cannot take files/);
	});

	test('no message of the user is refused', () => {
		expect(() => toActionMessages([say('system', 'x')], false)).toThrow(/no message of the user/);
	});
});

describe('the channel between the transport and the model', () => {
	test('gives values in order, and holds the sender back until they are taken', async () => {
		const channel = new Channel<number>();
		const taken: string[] = [];
		const sending = (async () => {
			for (const value of [1, 2, 3]) {
				await channel.send(value);
				taken.push(`sent ${value}`);
			}
			channel.close();
		})();
		for await (const value of channel.values()) {
			taken.push(`got ${value}`);
			await new Promise(setImmediate);
		}
		await sending;
		expect(taken).toEqual(['got 1', 'sent 1', 'got 2', 'sent 2', 'got 3', 'sent 3']);
	});

	test('breaking off tells the sender', async () => {
		const channel = new Channel<number>();
		const first = channel.send(1);
		const second = channel.send(2);
		const refused = expect(second).rejects.toThrow(/Nobody reads/);
		const values = channel.values();
		await values.next();
		await values.return(undefined);
		await first;
		await refused;
		await expect(channel.send(3)).rejects.toThrow(/Nobody reads/);
	});
});
