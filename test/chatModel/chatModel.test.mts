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
		expect(() => toActionMessages([{ role: 'user', content: [{ type: 'file' }] }], false)).toThrow(/accepts text only/);
	});

	test('no message of the user is refused', () => {
		expect(() => toActionMessages([say('system', 'x')], false)).toThrow(/no user message/);
	});
});
