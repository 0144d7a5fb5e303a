import { controllerOf } from '@quarterdeck/api-machinery'

import type { V1Volume } from '../generated/types.ts'
import type { PersistentVolumeClaim } from '../kinds/persistent-volume-claim.ts'
import type { Pod } from '../kinds/pod.ts'

/** Name of the claim that a pod's volume is, in the pod's namespace; undefined for other volumes. */
export function claimNameOf(pod: Pod, volume: V1Volume): string | undefined {
  if (volume.persistentVolumeClaim) return volume.persistentVolumeClaim.claimName
  return volume.ephemeral ? `${pod.metadata.name}-${volume.name}` : undefined
}

/** Names of all claims that a pod uses. */
export function claimNamesOf(pod: Pod): string[] {
  const names = (pod.spec.volumes ?? []).map((volume) => claimNameOf(pod, volume)).filter((name) => name !== undefined)
  return [...new Set(names)]
}

/** What is wrong with a claim of the name that an ephemeral volume's has: it was not made for this pod; undefined if it was. */
export function foreignClaimProblem(pod: Pod, claim: PersistentVolumeClaim): string | undefined {
  if (controllerOf(claim)?.uid === pod.metadata.uid) return undefined
  const { namespace, name } = pod.metadata
  return `PVC ${claim.metadata.namespace}/${claim.metadata.name} was not created for pod ${namespace}/${name} (pod is not owner)`
}

/** Whether the pod uses this very claim, and not another one of its name. */
export function usesClaim(pod: Pod, claim: PersistentVolumeClaim): boolean {
  if (pod.metadata.namespace !== claim.metadata.namespace) return false
  return (pod.spec.volumes ?? []).some(
    (volume) => claimNameOf(pod, volume) === claim.metadata.name && (!volume.ephemeral || !foreignClaimProblem(pod, claim)),
  )
}
