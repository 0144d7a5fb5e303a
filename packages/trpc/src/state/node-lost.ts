import type { Pod } from '@quarterdeck/api'

/**
 * Whether the node of a pod stopped answering: its containers were ready when it was last heard of, and the node lifecycle
 * controller took `Ready` from the pod. A kubelet that takes it says why.
 */
export function isNodeLost({ status }: Pick<Pod, 'status'>): boolean {
  if (status.reason === 'NodeLost') return true
  const conditionOf = (type: string) => status.conditions?.find((condition) => condition.type === type)
  const ready = conditionOf('Ready')
  return ready?.status === 'False' && !ready.reason && conditionOf('ContainersReady')?.status === 'True'
}
