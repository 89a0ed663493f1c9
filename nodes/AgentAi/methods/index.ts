import { getActionInputs, searchActions } from './actions';
import { getAgentInputs, searchAgents } from './agents';
import { searchOpenClawAgents } from './openClawAgents';
import { searchSessions } from './sessions';
import { searchTools } from './throughTool';

/** The lists of the panel, under the names that its parameters use. */
export const listSearch = { searchActions, searchAgents, searchOpenClawAgents, searchSessions, searchTools };

/** The fields of the panel that the inputs of actions and agents become. */
export const resourceMapping = { getActionInputs, getAgentInputs };
