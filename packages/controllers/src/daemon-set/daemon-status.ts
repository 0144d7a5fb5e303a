import type { V1DaemonSetStatus } from '@quarterdeck/api'

import { isReady } from '../pods/pod-state.ts'
import type { DaemonState } from './daemon-state.ts'

/** Counts nodes, not pods: of several pods on a node the oldest speaks. Counts that Kubernetes leaves out at zero are absent. */
export function daemonStatusOf(state: DaemonState, collisionCount: number | undefined): V1DaemonSetStatus {
  const { daemonSet, nodes, podsByNode } = state
  const shouldRun = nodes.filter(({ fit }) => fit.shouldRun)
  const oldest = shouldRun.flatMap(({ name }) => podsByNode.get(name)?.[0] ?? [])
  const ready = oldest.filter(isReady)
  const available = ready.filter((pod) => state.isAvailable(pod)).length
  return {
    observedGeneration: daemonSet.metadata.generation,
    desiredNumberScheduled: shouldRun.length,
    currentNumberScheduled: oldest.length,
    numberMisscheduled: nodes.filter(({ name, fit }) => !fit.shouldRun && podsByNode.has(name)).length,
    numberReady: ready.length,
    updatedNumberScheduled: oldest.filter((pod) => state.isUpdated(pod)).length || undefined,
    numberAvailable: available || undefined,
    numberUnavailable: shouldRun.length - available || undefined,
    collisionCount,
    conditions: daemonSet.status.conditions,
  }
}
