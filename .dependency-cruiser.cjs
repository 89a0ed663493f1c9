// The rooms of nodes/AgentAi, from the outside to the inside: a file imports from its own room and from those behind it.
const ROOMS = ['run|chatModel|methods', 'operations', 'parameters', 'client', 'batch|transport', 'limiter', 'failures'];

const inRoom = (room) => `^nodes/AgentAi/(${room})/`;

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
	forbidden: [
		{ name: 'no-circle', severity: 'error', from: {}, to: { circular: true } },
		...ROOMS.slice(1).map((room, index) => ({
			name: `${room}-imports-nothing-of-the-rooms-before-it`,
			severity: 'error',
			from: { path: inRoom(room) },
			to: { path: inRoom(ROOMS.slice(0, index + 1).join('|')) },
		})),
		{ name: 'nobody-imports-a-node', severity: 'error', from: {}, to: { path: '\\.node\\.ts$' } },
		{
			name: 'operations-know-nothing-of-each-other',
			severity: 'error',
			from: { path: '^nodes/AgentAi/operations/(?!index)' },
			to: { path: '^nodes/AgentAi/operations/(?!operation\\.ts)' },
		},
		{
			name: 'batch-knows-nothing-of-n8n',
			severity: 'error',
			from: { path: inRoom('batch') },
			to: { path: 'n8n-workflow' },
		},
		{
			name: 'transport-knows-only-types-of-n8n',
			severity: 'error',
			from: { path: inRoom('transport') },
			to: { path: 'n8n-workflow', dependencyTypesNot: ['type-only'] },
		},
		{
			name: 'what-ships-imports-no-development-code',
			severity: 'error',
			from: { path: '^(nodes|credentials)/' },
			to: { path: '^(test|sandbox|scripts|bench)/' },
		},
	],
	options: {
		doNotFollow: { path: 'node_modules' },
		tsPreCompilationDeps: true,
		tsConfig: { fileName: 'tsconfig.json' },
	},
};
