/** What the nodes load when they first work, in one piece; for n8n's start the panel is enough. */
export { supplyModel } from './chatModel/supplyModel';
export { searchActions } from './lists/actions';
export { searchAgents } from './lists/agents';
export { getActionInputs } from './lists/inputs';
export { searchSessions } from './lists/sessions';
export { searchTools } from './lists/tools';
export { executeOperation } from './run/execute';
