import { leases, nodes } from '@quarterdeck/api'
import { isApiError, microTimestamp } from '@quarterdeck/api-machinery'
import type { Client } from '@quarterdeck/client'
import { type Clock, type Logger, sleep } from '@quarterdeck/controller-runtime'

const namespace = 'kube-node-lease'
const durationSeconds = 40
const renewEveryMs = 10_000

export interface NodeLeaseOptions {
  client: Client
  nodeName: string
  clock: Clock
  log: Logger
  signal: AbortSignal
}

/** The node's Lease, by which the cluster knows that it lives. */
export interface NodeLease {
  /** Renews it until the signal aborts. */
  run(): Promise<void>
  /** Whether it could not be renewed for so long that the cluster may take the node for dead. */
  hasLapsed(): boolean
}

export function createNodeLease(options: NodeLeaseOptions): NodeLease {
  const { clock, log, signal } = options
  let renewedAtMs = clock.now()
  return {
    async run() {
      while (!signal.aborted) {
        try {
          const startedAtMs = clock.now()
          await renew(options)
          renewedAtMs = startedAtMs
        } catch (error) {
          if (!signal.aborted) log.warn('the node’s lease could not be renewed', { error })
        }
        await sleep(clock, renewEveryMs, signal)
      }
    },
    hasLapsed: () => clock.now() - renewedAtMs > durationSeconds * 1000,
  }
}

async function renew({ client, nodeName, clock }: NodeLeaseOptions): Promise<void> {
  const key = { namespace, name: nodeName }
  const renewTime = microTimestamp(new Date(clock.now()))
  try {
    await client.patch(
      leases,
      key,
      { spec: { holderIdentity: nodeName, leaseDurationSeconds: durationSeconds, renewTime } },
      { type: 'merge' },
    )
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error
    const node = await client.get(nodes, { namespace: '', name: nodeName })
    await client.create(leases, {
      metadata: {
        ...key,
        ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: nodeName, uid: node.metadata.uid }],
      },
      spec: { holderIdentity: nodeName, leaseDurationSeconds: durationSeconds, renewTime },
    })
  }
}
