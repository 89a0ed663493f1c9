/** What the nodes load when they first work, in one piece; for n8n's start the panel is enough. */
export { supplyModel } from './chatModel/supplyModel';
export { searchActions } from './methods/actions';
export { getActionInputs } from './methods/inputs';
export { searchOpenClawAgents } from './methods/openClawAgents';
export { searchSessions } from './methods/sessions';
export { searchTools } from './methods/tools';
export { executeOperation } from './run/execute';
