/**
 * n8n as it is installed from npm: its engine, its node packages and this package, loaded as n8n loads them, so that
 * all share one copy of n8n-workflow. NODE_PATH names n8n's modules (set by `../measure.mts`).
 */
import { mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { ICredentialType, INodeType, IVersionedNodeType } from 'n8n-workflow';

/** n8n-core writes its settings file into this folder; without it, into the home folder. */
process.env.N8N_USER_FOLDER = mkdtempSync(join(tmpdir(), 'n8n-nodes-agent-ai-bench-'));
process.env.N8N_LOG_LEVEL = 'silent';

const modules = process.env.NODE_PATH ?? '';
const ourPackage = process.env.BENCH_PACKAGE ?? '';

/** Loads a module of n8n's own tree. */
export const load = createRequire(join(modules, 'n8n/package.json'));
load('reflect-metadata');

export const workflowModule = load('n8n-workflow') as typeof import('n8n-workflow');
export const core = load('n8n-core') as typeof import('n8n-core');

/** A file of the built package. */
export const loadBuilt = (file: string): unknown => load(join(ourPackage, 'dist', file));

/** The only class that a module exports, as an instance. */
function instance(exported: unknown): unknown {
	const [Class] = Object.values(exported as Record<string, new () => unknown>);
	if (!Class) throw new Error('A module of nodes or credentials exports no class');
	return new Class();
}

type NodeType = INodeType | IVersionedNodeType;

const LANGCHAIN = '@n8n/n8n-nodes-langchain/dist/nodes';

/** What each node type of the benchmarks is made of, by n8n's full names; loaded when it is first asked for. */
const NODE_TYPES = {
	'n8n-nodes-agent-ai.agentAi': () => instance(loadBuilt('nodes/AgentAi/AgentAi.node.js')) as NodeType,
	'n8n-nodes-agent-ai.lmChatAgentAi': () => instance(loadBuilt('nodes/AgentAi/LmChatAgentAi.node.js')) as NodeType,
	'n8n-nodes-base.httpRequest': () =>
		instance(load(join(modules, 'n8n-nodes-base/dist/nodes/HttpRequest/HttpRequest.node.js'))) as NodeType,
	'n8n-nodes-base.splitInBatches': () =>
		instance(load(join(modules, 'n8n-nodes-base/dist/nodes/SplitInBatches/SplitInBatches.node.js'))) as NodeType,
	'@n8n/n8n-nodes-langchain.chainLlm': () => instance(load(join(modules, LANGCHAIN, 'chains/ChainLLM/ChainLlm.node.js'))) as NodeType,
	'@n8n/n8n-nodes-langchain.lmChatOpenAi': () =>
		instance(load(join(modules, LANGCHAIN, 'llms/LMChatOpenAi/LmChatOpenAi.node.js'))) as NodeType,
} satisfies Record<string, () => NodeType>;

export type NodeTypeName = keyof typeof NODE_TYPES;

/** A node type by its full name, which n8n's rights of a node go by. */
export const nodeType = (name: NodeTypeName): INodeType | IVersionedNodeType => NODE_TYPES[name]();

/** The newest version of a node type, which a person gets who adds the node today. */
export function newestVersion(type: INodeType | IVersionedNodeType): number {
	if ('currentVersion' in type) return type.currentVersion;
	const { version, defaultVersion } = type.description;
	return defaultVersion ?? (Array.isArray(version) ? Math.max(...version) : version);
}

/** The credential type of this package. */
export const agentAiApi = () => instance(loadBuilt('credentials/AgentAiApi.credentials.js')) as ICredentialType;
