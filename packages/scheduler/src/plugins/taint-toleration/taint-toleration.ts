import type { V1Taint } from '@quarterdeck/api'

import type { NodeInfo } from '../../cache/node-info.ts'
import type { PodInfo } from '../../cache/pod-info.ts'
import { normalizeReversed } from '../../framework/normalize.ts'
import type { Plugin } from '../../framework/plugin.ts'
import { unresolvable } from '../../framework/rejection.ts'
import { taintRepairs } from './taint-repairs.ts'
import { formatTaint, isTolerated } from './tolerates.ts'

const untolerated = unresolvable('node(s) had untolerated taint(s)')

/** Keeps Pods from nodes whose taints they don't tolerate, and prefers nodes with fewer PreferNoSchedule taints. */
export const taintToleration: Plugin = {
  name: 'TaintToleration',
  isNodeLocal: true,
  filter: (pod, node) => (node.hardTaints.length === 0 || untoleratedTaints(pod, node).length === 0 ? undefined : untolerated),
  preScore: (_pod, { snapshot }) => (snapshot.hasSoftTaints ? undefined : 'skip'),
  score: ({ pod }, node) => node.softTaints.filter((taint) => !isTolerated(taint, pod.spec.tolerations)).length,
  normalize: normalizeReversed,
  hints: {
    'node added': ({ node }, pod) => untoleratedTaints(pod, node).length === 0,
    'node changed': ({ node, changes }, pod) => changes.has('taints') && untoleratedTaints(pod, node).length === 0,
    'pod itself': ({ old }, { pod }) => JSON.stringify(old.pod.spec.tolerations) !== JSON.stringify(pod.spec.tolerations),
  },
  repairs: (pod, node) => taintRepairs(untoleratedTaints(pod, node), node.node),
  explain: (pod, node) => `does not tolerate ${untoleratedTaints(pod, node).map(formatTaint).join(', ')}`,
}

function untoleratedTaints({ pod }: PodInfo, node: NodeInfo): V1Taint[] {
  return node.hardTaints.filter((taint) => !isTolerated(taint, pod.spec.tolerations))
}
