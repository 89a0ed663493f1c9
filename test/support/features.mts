import { ExecuteContext, WorkflowExecute } from 'n8n-core';

const engineCode = WorkflowExecute.toString();

/** What an engine may lack, each asked of the engine itself. */
const FEATURES = {
	/** Shows an answer piece by piece while the node still runs. */
	streaming: 'sendChunk' in ExecuteContext.prototype,
	/** *Retry On Fail* in the Continue modes takes the items of the second run; older engines run it and keep those of the first. */
	retryInContinueModes: !engineCode.includes('didContinueOnFail'),
};

/** Whether the engine under test has a feature. */
export const has = (feature: keyof typeof FEATURES): boolean => FEATURES[feature];

/** Jest's `test` where the engine has the feature, and `test.skip` where it does not. */
export const needs = (feature: keyof typeof FEATURES): jest.It => (FEATURES[feature] ? test : test.skip);
