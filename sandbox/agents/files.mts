import type { FastifyInstance } from 'fastify';

/** The smallest PNG that a viewer shows: one grey pixel. */
const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==', 'base64');

/** What a file of each kind holds. */
const CONTENT: Record<string, { type: string; bytes: Buffer }> = {
	png: { type: 'image/png', bytes: PNG },
	mp3: { type: 'audio/mpeg', bytes: Buffer.from('ID3 a sound') },
	pdf: { type: 'application/pdf', bytes: Buffer.from('%PDF-1.4 a page') },
	txt: { type: 'text/plain; charset=utf-8', bytes: Buffer.from('some text') },
};

/** The folder of the files on the sandbox. */
export const FILES_PATH = '/files';

/** A file by its name, as an answer of its kind; `undefined` for a kind that there is none of. */
export const fileOf = (name: string) => CONTENT[name.split('.').at(-1) ?? ''];

/** The files that agents have made: of every kind, and anybody may read them. */
export function addFiles(app: FastifyInstance): void {
	app.get<{ Params: { name: string } }>(`${FILES_PATH}/:name`, async ({ params }, reply) => {
		const file = fileOf(params.name);
		if (!file) return await reply.code(404).type('text/plain').send('No such file');
		return await reply.type(file.type).send(file.bytes);
	});
}
