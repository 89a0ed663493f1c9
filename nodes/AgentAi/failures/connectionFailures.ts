import type { FailureRow } from './failureRow';

/** Failures between n8n and the server: connecting, sending, and what stands in between. A part of the table of failures. */
export const CONNECTION_FAILURES = {
	connectionRefused: {
		message: 'Couldn’t connect to the Base URL',
		advice: 'Check the Base URL in the Agent.ai credential and that the server is running. Nothing was sent',
		delivery: 'notDelivered',
		shared: { scope: 'account', as: 'down' },
		cause: 'temporarily-unavailable',
	},
	connectionReset: {
		message: 'The connection broke before the response arrived',
		steps: ['lookIntoSession'],
		delivery: 'uncertain',
	},
	dns: {
		message: 'The host of the Base URL was not found',
		advice: 'Check the spelling of the Base URL in the Agent.ai credential and this server’s DNS. Nothing was sent',
		delivery: 'notDelivered',
		shared: { scope: 'account', as: 'down' },
		cause: 'temporarily-unavailable',
	},
	network: {
		message: 'The request to agent.ai did not get through',
		advice: 'Check the Base URL in the Agent.ai credential, and the network between n8n and that server',
		delivery: 'uncertain',
	},
	/** Cloudflare's 525 and 526: its handshake with the origin failed (Cloudflare's documentation of 5xx errors). */
	originCertificate: {
		message: 'The server behind the Base URL has a broken certificate',
		advice: 'A proxy in front of the server reported this. Ask whoever runs the server to renew its certificate. Nothing was run',
		delivery: 'final',
		cause: 'configuration-invalid',
	},
	/** Cloudflare's 521, 522, 523 and 530: no connection to the origin was made (Cloudflare's documentation of 5xx errors). */
	originDown: {
		message: 'The server behind the Base URL is down',
		advice: 'A proxy in front of the server could not reach it. Run this item again later. Nothing was run',
		delivery: 'notDelivered',
		shared: { scope: 'account', as: 'down' },
		cause: 'temporarily-unavailable',
	},
	/** A server for https answers plain http with an alert of TLS, or says so (nginx and Go do, with 400). */
	plainHttp: {
		message: 'The server of the Base URL needs https, but the Base URL starts with http',
		advice: 'Use https:// in the Base URL of the Agent.ai credential. Nothing was run',
		delivery: 'final',
		cause: 'configuration-invalid',
	},
	/** The connection failed at an address that is not the Base URL's. */
	proxyDown: {
		message: 'Couldn’t connect to the proxy between n8n and the Base URL',
		advice: 'Check the proxy settings of this n8n (HTTPS_PROXY, HTTP_PROXY, NO_PROXY) and that the proxy is running. Nothing was sent',
		delivery: 'notDelivered',
		shared: { scope: 'account', as: 'down' },
		cause: 'temporarily-unavailable',
	},
	proxyRefused: {
		message: 'The proxy between n8n and the Base URL refused the connection',
		advice:
			'Check the proxy settings of this n8n (HTTPS_PROXY, HTTP_PROXY, NO_PROXY), its user name and password, and that it allows the host of the Base URL. Nothing reached agent.ai',
		delivery: 'final',
		cause: 'configuration-invalid',
	},
	requestBlocked: {
		message: 'n8n did not send the request',
		advice:
			'Allow the host of the Base URL in the network protection of this n8n (N8N_SSRF_ALLOWED_HOSTNAMES or N8N_SSRF_ALLOWED_IP_RANGES). Nothing was sent',
		delivery: 'final',
		shared: { scope: 'account', as: 'refused', askedByEachRun: true },
	},
	timeout: {
		message: 'No response within the time limit',
		steps: ['raiseTimeout'],
		delivery: 'uncertain',
		forgetsInstance: true,
	},
	tls: {
		message: 'Couldn’t make a secure connection to the Base URL',
		advice: 'Check that the Base URL is right and that its certificate is valid and trusted by this server. Nothing was sent',
		delivery: 'final',
		cause: 'configuration-invalid',
	},
	/** EMFILE and ENFILE: no socket could be opened. */
	tooManyFiles: {
		message: 'This n8n has too many files and connections open',
		advice: 'Raise the limit of open files for the n8n process (ulimit -n). Nothing was sent',
		steps: ['lowerConcurrency'],
		delivery: 'notDelivered',
		shared: { scope: 'account', as: 'down' },
		cause: 'temporarily-unavailable',
	},
} satisfies Record<string, FailureRow>;
