import { matchesNodeAffinity, tolerates, type DaemonSet, type Node, type V1PodSpec, type V1Toleration } from '@quarterdeck/api'

import { daemonTolerations } from './pod-of-daemon-set.ts'

export interface Fit {
  /** A pod is to be made if there is none. */
  shouldRun: boolean
  /** A pod that is there may stay. */
  mayStay: boolean
}

export const unfit: Fit = { shouldRun: false, mayStay: false }

/** Asked of every node: what doesn't depend on the node is worked out once. */
export function fitsNode(daemonSet: DaemonSet): (node: Node) => Fit {
  const spec = daemonSet.spec.template.spec as V1PodSpec
  const tolerations = daemonTolerations(spec)
  return (node) => {
    if (spec.nodeName && spec.nodeName !== node.metadata.name) return unfit
    if (!matchesNodeAffinity(spec, node)) return unfit
    const isTolerated = (effects: readonly string[]): boolean => toleratesAll(node, tolerations, effects)
    return { shouldRun: isTolerated(['NoSchedule', 'NoExecute']), mayStay: isTolerated(['NoExecute']) }
  }
}

function toleratesAll({ spec }: Node, tolerations: readonly V1Toleration[], effects: readonly string[]): boolean {
  return (spec?.taints ?? []).every(
    (taint) => !effects.includes(taint.effect) || tolerations.some((toleration) => tolerates(toleration, taint)),
  )
}
