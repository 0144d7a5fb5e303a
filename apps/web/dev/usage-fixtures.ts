import { nodes, nodeUsages, pods, type NodeUsage } from '@quarterdeck/api'
import { isApiError, timestamp } from '@quarterdeck/api-machinery'
import type { Client } from '@quarterdeck/client'

const everyMs = 5000

/** Tells made-up figures of every node, as agents do, until aborted. */
export async function tellUsage(client: Client, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const { items } = await client.list(pods)
    for (const { metadata } of (await client.list(nodes)).items.slice(0, 4)) {
      const measured = items
        .filter(({ spec, status }) => spec.nodeName === metadata.name && status.phase === 'Running')
        .map((pod) => ({
          namespace: pod.metadata.namespace,
          name: pod.metadata.name,
          uid: pod.metadata.uid,
          containers: pod.spec.containers.map(({ name }, index) => ({
            name,
            usage: { cpu: `${Math.round(Math.random() * 9e7)}n`, memory: `${Math.round((60 + Math.random() * 190) / (index + 1))}Mi` },
          })),
        }))
      const usage = {
        metadata: { name: metadata.name },
        timestamp: timestamp(),
        windowSeconds: 15,
        usage: { cpu: `${Math.round((2 + Math.random()) * 1e9)}n`, memory: `${Math.round((6 + Math.random()) * 1024)}Mi` },
        pods: measured,
      }
      await tell(client, usage as unknown as NodeUsage)
    }
    await new Promise<void>((resolve) => setTimeout(resolve, everyMs))
  }
}

async function tell(client: Client, usage: NodeUsage): Promise<void> {
  try {
    await client.update(nodeUsages, { ...usage, apiVersion: nodeUsages.apiVersion, kind: nodeUsages.kind })
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error
    await client.create(nodeUsages, usage)
  }
}
