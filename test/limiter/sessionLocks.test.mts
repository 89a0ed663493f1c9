import { SessionLocks } from '../../nodes/AgentAi/limiter/sessionLocks.ts';

const [batch, chat] = [{}, {}];

/** Joins the line of one session, and notes whose turn it is. */
function line() {
	const lanes = new SessionLocks();
	const turns: string[] = [];
	const join = (name: string, owner: object = batch) => lanes.join('session', owner, () => turns.push(name));
	return { lanes, turns, join };
}

test('the first may go at once, the others one after another in the order in which they came', () => {
	const { turns, join } = line();
	const places = ['a', 'b', 'c'].map((name) => join(name));
	expect(places.map(({ first }) => first)).toEqual([true, false, false]);
	for (const place of places) place.leave();
	expect(turns).toEqual(['b', 'c']);
});

test('one who leaves out of turn lets the others keep their order, and wakes nobody', () => {
	const { turns, join } = line();
	const [a, b, c] = ['a', 'b', 'c'].map((name) => join(name));
	b!.leave();
	expect(turns).toEqual([]);
	a!.leave();
	expect(turns).toEqual(['c']);
	expect(c!.first).toBe(true);
});

test('leaving twice is leaving once', () => {
	const { turns, join } = line();
	const [a] = [join('a'), join('b'), join('c')];
	a.leave();
	a.leave();
	expect(turns).toEqual(['b']);
});

test('others are not taken for one’s own', () => {
	const { join } = line();
	expect([join('a'), join('b'), join('c', chat), join('d')].map(({ behindOthers }) => behindOthers)).toEqual([false, false, true, true]);
});

test('an empty line leaves nothing behind', () => {
	const { lanes, join } = line();
	for (const place of [join('a'), join('b', chat)]) place.leave();
	expect(lanes.idle).toBe(true);
});
