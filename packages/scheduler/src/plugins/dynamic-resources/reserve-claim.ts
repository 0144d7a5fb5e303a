import { isDeepStrictEqual } from 'node:util'

import { consumerReference, resourceClaims, type Pod, type ResourceClaim } from '@quarterdeck/api'
import { isApiError, keyOf } from '@quarterdeck/api-machinery'
import type { Client } from '@quarterdeck/client'

type Writer = Pick<Client, 'patch'>

/**
 * Writes that the Pod uses the claim. Pods that share one don't get into each other's way: each adds its own entry. Rejects if the
 * claim has other devices than those the node was chosen for.
 */
export async function reserveClaim(client: Writer, claim: ResourceClaim, pod: Pod): Promise<void> {
  const reserved = await client.patch<ResourceClaim>(
    resourceClaims,
    keyOf(claim),
    { metadata: { uid: claim.metadata.uid }, status: { reservedFor: [consumerReference(pod)] } },
    { type: 'strategic', subresource: 'status' },
  )
  const name = `${claim.metadata.namespace}/${claim.metadata.name}`
  if (reserved.metadata.deletionTimestamp) throw new Error(`claim ${name} got deleted in the meantime`)
  if (!isDeepStrictEqual(reserved.status.allocation, claim.status.allocation))
    throw new Error(`claim ${name} got allocated elsewhere in the meantime`)
}

/** Takes that back. A claim that is gone, or is another by now, has nothing to give back. */
export async function releaseClaim(client: Writer, claim: ResourceClaim, { metadata: { uid } }: Pod): Promise<void> {
  const patch = { metadata: { uid: claim.metadata.uid }, status: { reservedFor: [{ $patch: 'delete', uid }] } }
  try {
    await client.patch(resourceClaims, keyOf(claim), patch, { type: 'strategic', subresource: 'status' })
  } catch (error) {
    if (!isApiError(error)) throw error
  }
}
