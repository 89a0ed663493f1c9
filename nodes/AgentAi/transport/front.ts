import type { IN8nHttpFullResponse } from 'n8n-workflow';

import { bodyKind } from '../failures/bodyKind';
import type { Redact } from '../failures/excerpt';
import { contentType, header } from './wireResponse';

/**
 * Who answered, where it was not agent.ai: the proxy of this n8n, or something else that stands in front of agent.ai, such as a
 * CDN, a firewall or a login page.
 */
export type Front = 'proxy' | 'gate';

/** Headers with which proxies sign answers of their own. */
const PROXY_HEADERS = ['proxy-authenticate', 'x-squid-error', 'proxy-agent', 'proxy-status'];

/** Headers with which firewalls and CDNs sign a challenge: Cloudflare, Vercel, AWS WAF, DataDome. */
const CHALLENGE_HEADERS = ['cf-mitigated', 'x-vercel-mitigated', 'x-amzn-waf-action', 'x-datadome'];

/** Cloudflare's own refusals as a text or as JSON (its documentation of 1xxx errors): rules, and bans of addresses and clients. */
const SIGNED_REFUSAL = /^\s*error code: 1\d{3}\s*$|^\s*\{[^]*"cloudflare_error"\s*:\s*true/;

/** Statuses of refusals that agent.ai gives as JSON: as a page, they are those of a gate. 511 is that of a captive portal. */
const REFUSALS = [401, 403, 405, 406, 418, 451, 511];

/** Ways to prove who one is that agent.ai, which takes a bearer token, never asks for. */
const OTHER_SCHEMES = /^\s*(?:basic|digest|ntlm|negotiate)\b/i;

/** Where redirects of single sign-on lead to. */
const SIGN_IN = /[/.?&=_-](?:login|log-in|signin|sign-in|sso|saml2?|oauth2?|authorize|captive|cloudflareaccess)(?:[/.?&=_-]|$)/i;

/**
 * Tells by what they send who answered.
 *
 * @param text the body, as far as it was read
 * @returns `undefined` for agent.ai itself
 */
export function frontOf(response: IN8nHttpFullResponse, text: string): Front | undefined {
	const { statusCode: status } = response;
	const isPage = contentType(response).includes('text/html') || bodyKind(text, true) === 'page';
	const isChallenge = CHALLENGE_HEADERS.some((name) => header(response, name) !== '');
	// a challenge may come as a success without an answer
	if (status < 300) return isChallenge && (isPage || text.trim() === '') ? 'gate' : undefined;
	// the answer of a proxy to CONNECT shows as that of the server (measured)
	if (status === 407 || PROXY_HEADERS.some((name) => header(response, name) !== '')) return 'proxy';
	if (status < 400) return SIGN_IN.test(header(response, 'location').slice(0, 2000)) ? 'gate' : undefined;
	if (isChallenge) return 'gate';
	if (status === 401 && OTHER_SCHEMES.test(header(response, 'www-authenticate'))) return 'gate';
	return (isPage || SIGNED_REFUSAL.test(text.slice(0, 4000))) && REFUSALS.includes(status) ? 'gate' : undefined;
}

/** A path without anything that may be a secret. */
const PLAIN_PATH = /^(?:\/[a-z\d._-]{1,20}){0,3}\/?$/i;

/**
 * Where a redirect leads to, as the Base URL that would lead there: without what the request has added. Anything else of the
 * address may hold secrets, and so may the host.
 *
 * @param url where the request went
 */
export function redirectTarget(response: IN8nHttpFullResponse, redact: Redact, url: string): string | undefined {
	const location = header(response, 'location');
	if (location === '') return undefined;
	if (!URL.canParse(location, url) || redact(location) !== location) return 'another address';
	const { origin, pathname } = new URL(location, url);
	const added = /\/(?:action\/[^/]+|api\/v2\/.*)$/.exec(new URL(url).pathname)?.[0] ?? '';
	const path = added !== '' && pathname.endsWith(added) ? pathname.slice(0, -added.length) : '';
	return PLAIN_PATH.test(path) ? origin + path : origin;
}
