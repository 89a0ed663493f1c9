/** A worker process: requires both nodes as a running n8n does, and prints how long that took in ms of processor time. */
import { loadBuilt } from './n8n.mts';

const before = process.cpuUsage();
const startedAt = performance.now();
loadBuilt('nodes/AgentAi/AgentAi.node.js');
loadBuilt('nodes/AgentAi/LmChatAgentAi.node.js');
const wallMs = performance.now() - startedAt;
const { user, system } = process.cpuUsage(before);
console.log(`\n${JSON.stringify({ wallMs, cpuMs: (user + system) / 1000 })}`);
process.exit(0);
