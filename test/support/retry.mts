import type { IRunExecutionData } from 'n8n-workflow';

/** The data with which n8n's Retry starts the new execution: what the failed one left, the failed node on top of the stack. */
export function retryData(failed: IRunExecutionData): IRunExecutionData {
	const data = structuredClone(JSON.parse(JSON.stringify(failed)) as IRunExecutionData);
	const { lastNodeExecuted } = data.resultData;
	data.resultData.runData[lastNodeExecuted!]?.pop();
	delete data.resultData.error;
	return data;
}
