/** Where the official clients of agent.ai send their requests (the `servers` entry of its OpenAPI document). */
const DEFAULT_BASE_URL = 'https://api-lr.agent.ai/v1';

/** URL of an action below a usable Base URL. */
export const actionUrl = (baseUrl: string, action: string) => `${baseUrl}/action/${encodeURIComponent(action)}`;

/** URL of the catalogue of all actions; it stands beside the API's version, not below it. */
export const catalogueUrl = (baseUrl: string) => `${baseUrl.replace(/\/v1$/, '')}/api/v2/mcp/functions`;

/** Whether the automatic pace of agent.ai's documented limit applies: 20 requests a minute, on its own hosts only. */
export function isAgentAiHost(baseUrl: string): boolean {
	const { hostname } = new URL(baseUrl);
	return hostname === 'agent.ai' || hostname.endsWith('.agent.ai');
}

/**
 * The Base URL of a credential as requests need it, without slashes at its end. What people leave out is filled in: the
 * whole of an empty one, `https://` in front of a bare host, `/v1` behind one. The credential's test does the same, so that
 * what passes there works here.
 *
 * @throws Error with a text for people when it is not an http(s) URL, or carries user info, a query or a fragment
 */
export function usableBaseUrl(typed: string): string {
	const completed = completeBaseUrl(typed);
	if (!URL.canParse(completed)) {
		throw new Error('The Base URL in the Agent.ai credential is not a web address');
	}
	const url = new URL(completed);
	if (url.protocol !== 'https:' && url.protocol !== 'http:') {
		throw new Error('The Base URL in the Agent.ai credential must start with https:// or http://');
	}
	if (url.username || url.password || url.search || url.hash) {
		throw new Error('The Base URL in the Agent.ai credential must not contain a user name, “?” or “#”');
	}
	return completed;
}

function completeBaseUrl(baseUrl: string): string {
	const trimmed = withoutSlashes(baseUrl.trim()) || DEFAULT_BASE_URL;
	const withScheme = /^[a-z][a-z\d+.-]*:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`;
	return /^[^:]+:\/\/[^/?#]+$/.test(withScheme) ? `${withScheme}/v1` : withScheme;
}

/** A text without the slashes at its end; a pattern for that takes long for many slashes in the middle. */
function withoutSlashes(text: string): string {
	let end = text.length;
	while (text[end - 1] === '/') end--;
	return text.slice(0, end);
}
