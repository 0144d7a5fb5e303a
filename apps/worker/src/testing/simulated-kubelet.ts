import { leases, nodes, pods, type Pod } from '@quarterdeck/api'
import { isApiError, keyOf, microTimestamp, timestamp } from '@quarterdeck/api-machinery'
import type { Client } from '@quarterdeck/client'
import { createInformer, realClock, sleep } from '@quarterdeck/controller-runtime'

export interface SimulatedKubelet {
  /** Stops heartbeats and everything else, as if the machine lost its power. */
  die(): void
  /** Pods of these images never become ready. */
  broken: Set<string>
}

let nextAddress = 1

/** A node whose Pods run at once and stop at once. */
export async function startKubelet(
  client: Client,
  name: string,
  options: { signal: AbortSignal; allocatable?: Record<string, string> },
): Promise<SimulatedKubelet> {
  const life = new AbortController()
  const signal = AbortSignal.any([options.signal, life.signal])
  const broken = new Set<string>()
  await client.create(nodes, {
    metadata: { name, labels: { 'kubernetes.io/hostname': name } },
    spec: {},
    status: {
      allocatable: { cpu: '8', memory: '32Gi', pods: '110', ...options.allocatable },
      conditions: [
        { type: 'Ready', status: 'True', reason: 'KubeletReady', lastHeartbeatTime: timestamp(), lastTransitionTime: timestamp() },
      ],
    },
  })
  void renewLease(client, name, signal)
  const informer = createInformer(client, pods, { fieldSelector: `spec.nodeName=${name}`, signal })
  informer.onChange(({ type, object }) => {
    if (type !== 'deleted') void settlePod(client, object, broken).catch(ignoreLateness)
  })
  return { die: () => life.abort(), broken }
}

async function renewLease(client: Client, name: string, signal: AbortSignal): Promise<void> {
  const key = { namespace: 'kube-node-lease', name }
  await client.create(leases, { metadata: key, spec: { holderIdentity: name, leaseDurationSeconds: 40, renewTime: microTimestamp() } })
  while (!signal.aborted) {
    await sleep(realClock, 200, signal)
    if (!signal.aborted) await client.patch(leases, key, { spec: { renewTime: microTimestamp() } }, { type: 'merge' }).catch(ignoreLateness)
  }
}

async function settlePod(client: Client, pod: Pod, broken: ReadonlySet<string>): Promise<void> {
  if (pod.metadata.deletionTimestamp) {
    await client.delete(pods, keyOf(pod), { gracePeriodSeconds: 0, preconditions: { uid: pod.metadata.uid } })
    return
  }
  if (pod.status.phase !== 'Pending') return
  const isBroken = pod.spec.containers.some(({ image }) => broken.has(image ?? ''))
  const address = `10.244.0.${nextAddress++}`
  const ready = { type: 'Ready', status: isBroken ? 'False' : 'True', lastTransitionTime: timestamp() }
  const conditions = [...(pod.status.conditions ?? []).filter(({ type }) => type !== 'Ready'), ready]
  const status = { ...pod.status, phase: 'Running', startTime: timestamp(), podIP: address, podIPs: [{ ip: address }], conditions }
  await client.update(pods, { ...pod, status }, { subresource: 'status' })
}

/** Someone else was faster, or the cluster is closed: the next event tells. */
function ignoreLateness(error: unknown): undefined {
  if (isApiError(error, 'NotFound', 'Conflict', 'ServiceUnavailable')) return undefined
  throw error
}
