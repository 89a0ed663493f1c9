import { searchActions } from './actions';
import { getActionInputs } from './inputs';
import { searchOpenClawAgents } from './openClawAgents';
import { searchSessions } from './sessions';
import { searchTools } from './tools';

/** The lists of the panel, under the names that its parameters use. */
export const listSearch = { searchActions, searchOpenClawAgents, searchSessions, searchTools };

/** The fields of the panel that an action's inputs become. */
export const resourceMapping = { getActionInputs };
