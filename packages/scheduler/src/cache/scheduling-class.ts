import type { PodInfo } from './pod-info.ts'

/** Text of a Pod that is made once. */
function remembered(make: (pod: PodInfo) => string): (pod: PodInfo) => string {
  const known = new WeakMap<PodInfo, string>()
  return (pod) => {
    const found = known.get(pod)
    if (found !== undefined) return found
    const made = make(pod)
    known.set(pod, made)
    return made
  }
}

/**
 * Pods of one class fit on the same nodes: everything that plugins look at is the same. It is how thousands of Pods from one template
 * wait as one.
 */
export const schedulingClassOf = remembered((info) => {
  const { pod, uid, namespace, labels, claimNames } = info
  const { affinity, topologySpreadConstraints, preemptionPolicy, volumes } = pod.spec
  return JSON.stringify([
    nodeClassOf(info),
    namespace,
    labels,
    affinity,
    topologySpreadConstraints,
    preemptionPolicy,
    claimNames,
    // A ResourceClaim is one Pod's, or knows which Pods it is reserved for.
    pod.spec.resourceClaims?.length ? uid : undefined,
    volumes?.filter((volume) => !('projected' in volume || 'emptyDir' in volume)),
    pod.metadata.annotations,
    pod.metadata.ownerReferences,
  ])
})

/** As schedulingClassOf, for what looks at nothing but the Pod's own wishes and one node: names and labels of the Pod don't matter. */
export const nodeClassOf = remembered(({ pod: { spec }, priority, requests, hostPorts }) =>
  JSON.stringify([
    spec.schedulerName,
    priority,
    { ...requests, scalar: requests.scalar && [...requests.scalar] },
    spec.nodeName,
    spec.nodeSelector,
    spec.affinity?.nodeAffinity,
    spec.tolerations,
    hostPorts,
  ]),
)
