import { isDeepStrictEqual } from 'node:util'

import { pods, services, type Pod, type Service } from '@quarterdeck/api'
import { keyOf, type ObjectKey } from '@quarterdeck/api-machinery'
import {
  indexServicesBySelector,
  servicesSelecting,
  watch,
  type Cache,
  type CacheChange,
  type Caches,
  type Watch,
} from '@quarterdeck/controller-runtime'

import { conditionOf, hasEnded, isReady } from '../pods/pod-state.ts'
import { indexPodsByLabel, podsMatching, requirementsOfMap } from '../pods/pods-by-label.ts'

/** Whether controllers keep the endpoints of a Service: without a selector, and for ExternalName, its user does. */
export function hasManagedEndpoints(service: Service): boolean {
  return service.spec.type !== 'ExternalName' && Object.keys(service.spec.selector ?? {}).length > 0
}

export function isHeadless(service: Service): boolean {
  return service.spec.clusterIP === 'None'
}

/** The Pods that a Service selects. */
export const selectedPods = (service: Service, cache: Cache<Pod>): Pod[] => {
  const requirements = requirementsOfMap(service.spec.selector)
  return requirements.length > 0 ? podsMatching(cache, service.metadata.namespace, requirements) : []
}

/** Those selected Pods that can be reached: they have an address and have not ended. Terminating ones count only if asked for. */
export function reachablePods(selected: readonly Pod[], options: { terminating: boolean }): Pod[] {
  return selected.filter((pod) => !hasEnded(pod) && Boolean(pod.status.podIP) && (options.terminating || !pod.metadata.deletionTimestamp))
}

/** The host name under which cluster DNS knows the pod: only if it asked to be in this Service's subdomain. */
export function hostnameOf(service: Service, pod: Pod): string | undefined {
  return pod.spec.hostname && pod.spec.subdomain === service.metadata.name ? pod.spec.hostname : undefined
}

/** For controllers that use watchSelectedPods and selectedPods. */
export const indexesOfSelectedPods = [indexPodsByLabel, indexServicesBySelector]

/** A change of a Pod concerns the Services that select it, or did. Changes that no endpoint shows concern none. */
export const watchSelectedPods: Watch = watch(pods, servicesOf)

function servicesOf({ type, object, old }: CacheChange<Pod>, { cache }: Caches): ObjectKey[] {
  if (type === 'updated' && endpointFacts(object) === endpointFacts(old)) return []
  const found = new Set(servicesSelecting(cache(services), object.metadata))
  if (old && !isDeepStrictEqual(old.metadata.labels, object.metadata.labels))
    for (const service of servicesSelecting(cache(services), old.metadata)) found.add(service)
  return [...found].map(keyOf)
}

/** Everything about a Pod that its endpoints show. */
function endpointFacts(pod: Pod): string {
  const { metadata, spec, status } = pod
  return JSON.stringify([
    metadata.labels,
    metadata.deletionTimestamp === undefined,
    spec.nodeName,
    spec.hostname,
    spec.subdomain,
    status.podIPs ?? status.podIP,
    isReady(pod),
    hasEnded(pod),
  ])
}

export const triggerTimeAnnotation = 'endpoints.kubernetes.io/last-change-trigger-time'

/** The first change of a Pod or of the Service after `previous` (RFC 3339): when the endpoints began to be behind. */
export function triggerTimeOf(service: Service, selected: readonly Pod[], previous: string | undefined): string | undefined {
  const times = selected.map((pod) => conditionOf(pod, 'Ready')?.lastTransitionTime).filter((time) => time !== undefined)
  const sincePrevious = [service.metadata.creationTimestamp, ...times].filter(
    (time) => !previous || Date.parse(time) > Date.parse(previous),
  )
  return sincePrevious.toSorted((a, b) => Date.parse(a) - Date.parse(b))[0]
}
