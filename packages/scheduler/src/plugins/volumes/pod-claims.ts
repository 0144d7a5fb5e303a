import {
  foreignClaimProblem,
  persistentVolumeClaims,
  storageClassNameOf,
  volumeAnnotations,
  type PersistentVolumeClaim,
} from '@quarterdeck/api'
import type { KubeObject } from '@quarterdeck/api-machinery'
import type { Caches } from '@quarterdeck/controller-runtime'

import type { PodInfo } from '../../cache/pod-info.ts'

/** The claims of a Pod, or why it can't be placed before something becomes of them. Worded as kube-scheduler does. */
export function claimsOf(pod: PodInfo, caches: Caches): { claims: PersistentVolumeClaim[] } | { problem: string } {
  const claims: PersistentVolumeClaim[] = []
  for (const name of pod.claimNames) {
    const claim = caches.cache(persistentVolumeClaims).get({ namespace: pod.namespace, name })
    const isEphemeral = isOfEphemeralVolume(pod, name)
    if (!claim) {
      return {
        problem: isEphemeral
          ? `waiting for ephemeral volume controller to create the persistentvolumeclaim "${name}"`
          : `persistentvolumeclaim "${name}" not found`,
      }
    }
    if (claim.status.phase === 'Lost') {
      return { problem: `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec.volumeName ?? ''}"` }
    }
    if (claim.metadata.deletionTimestamp) return { problem: `persistentvolumeclaim "${name}" is being deleted` }
    const problem = isEphemeral ? foreignClaimProblem(pod.pod, claim) : undefined
    if (problem) return { problem }
    claims.push(claim)
  }
  return { claims }
}

const isOfEphemeralVolume = ({ pod }: PodInfo, claimName: string): boolean =>
  pod.spec.volumes?.some(({ name, ephemeral }) => ephemeral && `${pod.metadata.name}-${name}` === claimName) ?? false

export const isFullyBound = ({ spec, metadata }: PersistentVolumeClaim): boolean =>
  Boolean(spec.volumeName) && metadata.annotations?.[volumeAnnotations.bindCompleted] !== undefined

/** Whether an object is one of the Pod's claims. */
export const isClaimOf = (pod: PodInfo, object: KubeObject | undefined): boolean =>
  object !== undefined && object.metadata.namespace === pod.namespace && pod.claimNames.includes(object.metadata.name)

/** Whether one of the Pod's claims is of the class. */
export function usesClass(pod: PodInfo, className: string, caches: Caches): boolean {
  return pod.claimNames.some((name) => {
    const claim = caches.cache(persistentVolumeClaims).get({ namespace: pod.namespace, name })
    return claim !== undefined && storageClassNameOf(claim) === className
  })
}
