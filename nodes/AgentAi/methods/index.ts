import type { ILoadOptionsFunctions, INodeListSearchResult, ResourceMapperFields } from 'n8n-workflow';

const runtime = async () => await import('../runtime.js');

/** The lists of the panel, under the names that its parameters use; their code is loaded when one is first opened. */
export const listSearch = {
	async searchActions(this: ILoadOptionsFunctions, filter?: string): Promise<INodeListSearchResult> {
		return await (await runtime()).searchActions.call(this, filter);
	},
	async searchOpenClawAgents(this: ILoadOptionsFunctions, filter?: string): Promise<INodeListSearchResult> {
		return await (await runtime()).searchOpenClawAgents.call(this, filter);
	},
	async searchSessions(this: ILoadOptionsFunctions, filter?: string, paginationToken?: string): Promise<INodeListSearchResult> {
		return await (await runtime()).searchSessions.call(this, filter, paginationToken);
	},
	async searchTools(this: ILoadOptionsFunctions, filter?: string): Promise<INodeListSearchResult> {
		return await (await runtime()).searchTools.call(this, filter);
	},
};

/** The fields of the panel that an action's inputs become; loaded as the lists are. */
export const resourceMapping = {
	async getActionInputs(this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
		return await (await runtime()).getActionInputs.call(this);
	},
};
