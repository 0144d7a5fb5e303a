import type { NodeInfo } from '../../cache/node-info.ts'
import type { PodInfo } from '../../cache/pod-info.ts'
import { unresolvable, type Plugin } from '../../framework/plugin.ts'
import { isTolerated } from '../taint-toleration/tolerates.ts'

const unschedulable = unresolvable('node(s) were unschedulable')
const taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }

/** Keeps Pods from cordoned nodes, unless they tolerate it. */
export const nodeUnschedulable: Plugin = {
  name: 'NodeUnschedulable',
  filter: (pod, node) => (accepts(pod, node) ? undefined : unschedulable),
  canHelp: (event, pod) => {
    if (event.type !== 'node added' && event.type !== 'node changed') return false
    return (event.type === 'node added' || event.changes.has('unschedulable')) && accepts(pod, event.node)
  },
  explain: (_pod, node) => `${node.name} is cordoned`,
}

const accepts = ({ pod }: PodInfo, { node }: NodeInfo): boolean => !node.spec.unschedulable || isTolerated(taint, pod.spec.tolerations)
