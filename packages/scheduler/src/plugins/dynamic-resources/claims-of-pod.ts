import { foreignResourceClaimProblem, resourceClaimNameOf, resourceClaims, type Pod, type ResourceClaim } from '@quarterdeck/api'
import type { Caches } from '@quarterdeck/controller-runtime'

/** The ResourceClaims of a Pod, or why it can't be placed before something becomes of them. Worded as kube-scheduler does. */
export function claimsOfPod(pod: Pod, caches: Caches): { claims: ResourceClaim[] } | { problem: string } {
  const { namespace, name: podName } = pod.metadata
  const claims: ResourceClaim[] = []
  for (const podClaim of pod.spec.resourceClaims ?? []) {
    const name = resourceClaimNameOf(pod, podClaim)
    if (name === undefined) return { problem: `pod "${namespace}/${podName}": ResourceClaim not created yet` }
    if (name === '') continue
    const claim = caches.cache(resourceClaims).get({ namespace, name })
    if (!claim) return { problem: `could not find ResourceClaim "${namespace}/${name}"` }
    if (claim.metadata.deletionTimestamp) return { problem: `resourceclaim "${name}" is being deleted` }
    const problem = podClaim.resourceClaimName === undefined ? foreignResourceClaimProblem(pod, claim) : undefined
    if (problem) return { problem }
    claims.push(claim)
  }
  return { claims }
}
