import type { N8nClient, WorkflowNode } from '../../scripts/n8n/client.mts';
import { node } from './support.mts';

interface NodeType {
	name: string;
	version: number | number[];
}

/** The node types of a running n8n, to write workflows with the newest version of a node that it knows. */
export class NodeCatalogue {
	private constructor(private readonly types: NodeType[]) {}

	static async read(client: N8nClient): Promise<NodeCatalogue> {
		return new NodeCatalogue(await client.request<NodeType[]>('GET', '/types/nodes.json'));
	}

	/** The names of all types that begin so, sorted. */
	names(prefix: string): string[] {
		const names = this.types.map(({ name }) => name).filter((name) => name.startsWith(prefix));
		return [...new Set(names)].sort();
	}

	/** Whether the description of a type holds a text. */
	mentions(name: string, text: string): boolean {
		return JSON.stringify(this.types.filter((type) => type.name === name)).includes(text);
	}

	/**
	 * A node of the newest version that this n8n has.
	 *
	 * @throws Error where it has no such node
	 */
	node(name: string, type: string, parameters: Record<string, unknown>, webhookId?: string): WorkflowNode {
		const versions = this.types.filter((each) => each.name === type).flatMap(({ version }) => version);
		if (versions.length === 0) throw new Error(`This n8n has no ${type}`);
		return node(name, type, parameters, { typeVersion: Math.max(...versions), ...(webhookId === undefined ? {} : { webhookId }) });
	}
}
