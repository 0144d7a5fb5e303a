import { csiNodes, type Node, nodes } from '@quarterdeck/api'
import { createIfAbsent, type Client } from '@quarterdeck/client'

/** The object in which CSI drivers would register with this node; it goes with the node. */
export async function ensureCsiNode(client: Client, { metadata: { name, uid } }: Node): Promise<void> {
  const owner = { apiVersion: nodes.apiVersion, kind: nodes.kind, name, uid }
  await createIfAbsent(client, csiNodes, { metadata: { name, ownerReferences: [owner] }, spec: { drivers: [] } })
}
