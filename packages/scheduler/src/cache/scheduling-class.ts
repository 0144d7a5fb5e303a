import type { PodInfo } from './pod-info.ts'

const classes = new WeakMap<PodInfo, string>()

/**
 * Pods of one class fit on the same nodes: everything that plugins look at is the same. It is how thousands of Pods from one template
 * wait as one.
 */
export function schedulingClassOf(info: PodInfo): string {
  const known = classes.get(info)
  if (known !== undefined) return known
  const made = classOf(info)
  classes.set(info, made)
  return made
}

function classOf({ pod, namespace, labels, priority, requests, hostPorts, claimNames }: PodInfo): string {
  const { spec } = pod
  return JSON.stringify([
    namespace,
    labels,
    spec.schedulerName,
    priority,
    spec.preemptionPolicy,
    { ...requests, scalar: requests.scalar && [...requests.scalar] },
    spec.nodeName,
    spec.nodeSelector,
    spec.affinity,
    spec.tolerations,
    spec.topologySpreadConstraints,
    hostPorts,
    claimNames,
    spec.volumes?.filter((volume) => !('projected' in volume || 'emptyDir' in volume)),
    pod.metadata.annotations,
    pod.metadata.ownerReferences,
  ])
}
