import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { forModel } from '../failures/readers';
import type { Operation } from '../operations/operation';
import { withColumns } from '../parameters/columns';
import { rowOf } from '../parameters/itemParameters';
import type { OutputSettings } from '../parameters/output';
import { withJson } from '../parameters/parseResponse';
import { openResponse, recordItem, responseItem } from '../parameters/responseItem';
import { cutBy } from '../transport/answer';
import type { ItemFiles } from './files';
import { errorJson } from './nodeError';
import type { ItemResult } from './results';

/** How the items of a run look. */
interface ItemForm {
	operation: Pick<Operation, 'textOf' | 'records'>;
	/** An agent called the node as its tool. */
	isTool: boolean;
	/** Failed items go to an output of their own. */
	errorOutput: boolean;
}

/** The items of one result, linked to its input item: one, or as many as there are records in the answer. */
export function itemsOf(
	result: ItemResult,
	input: INodeExecutionData,
	index: number,
	form: ItemForm,
	files: ItemFiles | undefined,
): INodeExecutionData[] {
	const withRow = result.result.ok ? result.settings.includeInputFields : !form.isTool;
	const row = withRow ? input.binary : undefined;
	const binary = row || files?.binary ? { binary: { ...files?.binary, ...row } } : {};
	return jsonsOf(result, rowOf(input.json), index, form).map((json) => ({
		json: files?.missing.length ? { ...json, files_not_downloaded: files.missing } : json,
		...binary,
		pairedItem: { item: index },
	}));
}

function jsonsOf(
	{ result, settings, outputName, info, unsent, read, redact }: ItemResult,
	row: IDataObject,
	index: number,
	form: ItemForm,
): IDataObject[] {
	if (result.ok) {
		const withData = settings.jsonMode === 'off' ? result.value : withJson(result.value, redact).answer;
		const answer = read ? withColumns(withData, read) : withData;
		const { textOf, records } = form.operation;
		if (records) return records.of(answer).map((record) => recordItem(record, records.simplified, settings, row, info));
		if (!form.isTool || !isPlain(settings)) return [responseItem(answer, outputName, settings, row, info)];
		const { response, beside } = openResponse(answer);
		const cut = cutBy(answer);
		// an agent reads the columns, and the text only where they are empty
		const plain = read ? (read.misfit === undefined ? read.columns : response) : textOf?.(answer);
		return [{ response: plain ?? response, ...(cut ? { cut_short_by: cut } : {}), ...beside }];
	}
	const failed = { error: errorJson(form.isTool ? forModel(result.failure) : result.failure, index, info, unsent) };
	// n8n adds the row on the error output; any key of ours beside `error` would send the item to the success branch (measured)
	if (form.isTool || form.errorOutput) return [failed];
	// the row is there to be sent again; the error comes first, so that n8n's table shows it first
	return [{ ...failed, ...row, ...failed }];
}

/** Nobody asked for another form of the answer: an agent gets it without the envelope, which would cost it tokens. */
const isPlain = ({ simplify, includeInputFields, includeRequestInfo, jsonMode }: OutputSettings) =>
	!simplify && !includeInputFields && !includeRequestInfo && jsonMode === 'off';
