import type { NodeInfo } from '../../cache/node-info.ts'
import type { PodInfo } from '../../cache/pod-info.ts'
import type { Plugin } from '../../framework/plugin.ts'
import { unresolvable } from '../../framework/rejection.ts'
import { uncordoning } from '../taint-toleration/taint-repairs.ts'
import { isTolerated } from '../taint-toleration/tolerates.ts'

const unschedulable = unresolvable('node(s) were unschedulable')
const taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }

/** Keeps Pods from cordoned nodes, unless they tolerate it. */
export const nodeUnschedulable: Plugin = {
  name: 'NodeUnschedulable',
  isNodeLocal: true,
  filter: (pod, node) => (accepts(pod, node) ? undefined : unschedulable),
  hints: {
    'node added': ({ node }, pod) => accepts(pod, node),
    'node changed': ({ node, changes }, pod) => changes.has('unschedulable') && accepts(pod, node),
    'pod itself': ({ old }, { pod }) => JSON.stringify(old.pod.spec.tolerations) !== JSON.stringify(pod.spec.tolerations),
  },
  repairs: (_pod, { node }) => [[uncordoning(node)]],
  explain: (_pod, node) => `${node.name} is cordoned`,
}

const accepts = ({ pod }: PodInfo, { node }: NodeInfo): boolean => !node.spec.unschedulable || isTolerated(taint, pod.spec.tolerations)
