import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { asList, asObject, isObject } from '../failures/json';
import type { ActionResponse } from '../failures/result';
import { unnested } from './responseItem';
import { flag, text } from './text';

/** Options of *Download Files*, for what makes files. */
export const downloadOptions: INodeProperties[] = [
	{
		displayName: 'Allowed Domains',
		name: 'downloadDomains',
		type: 'string',
		default: '',
		placeholder: 'e.g. files.example.com, *.example.org',
		description: 'Domains that Download Files may download from, separated by commas. Leave empty to allow all.',
	},
	{
		displayName: 'Download Files',
		name: 'downloadFiles',
		type: 'boolean',
		default: false,
		description:
			'Whether to download the files that the answer links to, such as images, audio and documents, and add them as binary data. The URLs stay in the answer. Only https URLs are downloaded.',
	},
];

/**
 * Reads the domains from which files are wanted, empty for all; `undefined` where none are wanted.
 *
 * @throws InputError
 */
export function readDownloads({ downloadFiles, downloadDomains }: IDataObject): string | undefined {
	return flag(downloadFiles, 'Download Files') ? text(downloadDomains, 'Allowed Domains') : undefined;
}

/** Most files of one answer. */
const MOST_FILES = 50;

/**
 * The files that an answer names: the images in its metadata, a response that is a URL, and the URLs in the places where
 * agent.ai's actions put them (`generate_image`, `output_audio`, `grab_web_screenshot`, `convert_file`, `create_file`), under the
 * output variable name as well. A text that only mentions a URL is no file.
 *
 * @param name the output variable name; `undefined` for an action without one
 */
export function filesIn({ response, metadata }: ActionResponse, name: string | undefined): string[] {
	const named = unnested(response, name);
	const images = asList(asObject(metadata).images);
	const listed = asList(named);
	const single = isObject(named) ? [named.saved_file, named.url] : [named];
	const urls = [...single, ...[...images, ...listed].map((entry) => (isObject(entry) ? entry.url : entry))];
	return [...new Set(urls.filter(isUrl).map((url) => url.trim()))].slice(0, MOST_FILES);
}

const isUrl = (value: unknown): value is string =>
	typeof value === 'string' && /^\s*https?:\/\/\S+\s*$/i.test(value) && value.length < 4_000;
