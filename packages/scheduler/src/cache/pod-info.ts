import { claimNamesOf, type Pod } from '@quarterdeck/api'
import { keyOf, keyString, type Labels } from '@quarterdeck/api-machinery'

import { podTermsOf, type PodTerms } from './pod-terms.ts'
import { assumedPodRequests, podRequests, type Resources } from '@quarterdeck/api'

export interface HostPort {
  protocol: string
  ip: string
  port: number
}

/** A Pod with everything the scheduling loop asks of it, computed once. */
export interface PodInfo {
  pod: Pod
  uid: string
  namespace: string
  labels: Labels
  /** `namespace/name`. */
  key: string
  priority: number
  isTerminating: boolean
  requests: Resources
  /** Requests with small amounts assumed where there are none. */
  assumed: Resources
  hostPorts: readonly HostPort[]
  images: readonly string[]
  /** Affinity and anti-affinity to other Pods. */
  terms: PodTerms
  /** Names of the claims it uses, those of its ephemeral volumes too. */
  claimNames: readonly string[]
}

const noLabels: Labels = {}
const noPorts: readonly HostPort[] = []
const noClaims: readonly string[] = []

export function podInfoOf(pod: Pod): PodInfo {
  const { metadata, spec } = pod
  const containers = spec.initContainers ? [...spec.containers, ...spec.initContainers] : spec.containers
  return {
    pod,
    uid: metadata.uid,
    namespace: metadata.namespace,
    labels: metadata.labels ?? noLabels,
    key: keyString(keyOf(pod)),
    priority: spec.priority ?? 0,
    isTerminating: metadata.deletionTimestamp !== undefined,
    requests: podRequests(pod),
    assumed: assumedPodRequests(pod),
    hostPorts: hostPortsOf(pod),
    images: containers.map((container) => normalizedImage(container.image ?? '')),
    terms: podTermsOf(pod),
    claimNames: spec.volumes?.length ? claimNamesOf(pod) : noClaims,
  }
}

function hostPortsOf({ spec }: Pod): readonly HostPort[] {
  let ports = noPorts
  const add = (container: Pod['spec']['containers'][number]): void => {
    for (const { hostPort, hostIP, protocol } of container.ports ?? []) {
      if (hostPort) ports = [...ports, { port: hostPort, ip: hostIP || '0.0.0.0', protocol: protocol ?? 'TCP' }]
    }
  }
  spec.containers.forEach(add)
  for (const container of spec.initContainers ?? []) if (container.restartPolicy === 'Always') add(container)
  return ports
}

/** The name with a tag: nodes report images so. */
export function normalizedImage(image: string): string {
  return image.lastIndexOf(':') <= image.lastIndexOf('/') && !image.includes('@') ? `${image}:latest` : image
}
