import { nodes, pods, type Node, type Pod } from '@quarterdeck/api'
import { isApiError, keyOf, timestamp, type ObjectKey } from '@quarterdeck/api-machinery'
import { onlyThis, sleep, type Controller, type ControllerEnvironment } from '@quarterdeck/controller-runtime'

import { hasEnded } from '../pods/pod-state.ts'
import { absentNodes, planPodGarbage, type Garbage } from './plan-pod-garbage.ts'

export interface PodGarbageOptions {
  /** Ended Pods that are kept. Default 12500, as kube-controller-manager's. */
  terminatedThreshold?: number
  /** How long a node must have been missing before its Pods go: it may be about to register again. Default 40 s. */
  missingForMs?: number
  intervalMs?: number
}

/** Deletes Pods that no kubelet will ever finish: on nodes that are gone, never scheduled, or ended long ago. */
export function createPodGarbageCollector(options: PodGarbageOptions = {}): Controller {
  const { terminatedThreshold = 12_500, missingForMs = 40_000, intervalMs = 20_000 } = options
  return {
    name: 'pod-garbage-collector',
    run: async (environment) => {
      const { clock, signal, informers } = environment
      const podCache = informers.of(pods)
      const nodeCache = informers.of(nodes)
      const missingSinceMs = new Map<string, number>()
      await informers.synced()
      while (!signal.aborted) {
        const all = podCache.list()
        const known = new Map(nodeCache.list().map((node) => [node.metadata.name, node]))
        trackMissing(missingSinceMs, absentNodes(all, known), clock.now())
        const longMissing = [...missingSinceMs].filter(([, sinceMs]) => clock.now() - sinceMs >= missingForMs).map(([name]) => name)
        const missingNodes = await confirmedMissing(environment, longMissing)
        for (const garbage of planPodGarbage({ pods: all, nodes: known, missingNodes, terminatedThreshold })) {
          if (!signal.aborted) await collect(garbage, environment)
        }
        await sleep(clock, intervalMs, signal)
      }
    },
  }
}

function trackMissing(missingSinceMs: Map<string, number>, absent: ReadonlySet<string>, nowMs: number): void {
  for (const name of missingSinceMs.keys()) if (!absent.has(name)) missingSinceMs.delete(name)
  for (const name of absent) if (!missingSinceMs.has(name)) missingSinceMs.set(name, nowMs)
}

/** The cache may be behind: a node counts as gone only when the server says so. */
async function confirmedMissing({ client }: ControllerEnvironment, names: readonly string[]): Promise<Set<string>> {
  const missing = new Set<string>()
  for (const name of names) {
    const node = await client.get<Node>(nodes, nodeKey(name)).catch((error: unknown) => {
      if (isApiError(error, 'NotFound')) return undefined
      throw error
    })
    if (!node) missing.add(name)
  }
  return missing
}

const nodeKey = (name: string): ObjectKey => ({ namespace: '', name })

async function collect({ pod, reason }: Garbage, { client, log, clock }: ControllerEnvironment): Promise<void> {
  const { key, options } = onlyThis(pod)
  try {
    if (!hasEnded(pod)) await markFailed(pod, { client, nowMs: clock.now(), reason })
    await client.delete(pods, key, { ...options, gracePeriodSeconds: 0 })
    log.info('a pod was garbage collected', { pod: keyOf(pod), reason })
  } catch (error) {
    if (!isApiError(error, 'NotFound')) log.warn('a pod could not be garbage collected', { pod: keyOf(pod), reason, error })
  }
}

/** Whoever counts the Pod must not believe that it still runs. */
async function markFailed(pod: Pod, { client, nowMs, reason }: { client: ControllerEnvironment['client']; nowMs: number; reason: string }) {
  const disruption = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'DeletionByPodGC',
    message: `PodGC: ${reason}`,
    lastTransitionTime: timestamp(new Date(nowMs)),
  }
  const conditions = [...(pod.status.conditions ?? []).filter(({ type }) => type !== disruption.type), disruption]
  await client.update(pods, { ...pod, status: { ...pod.status, phase: 'Failed', conditions } }, { subresource: 'status' })
}
