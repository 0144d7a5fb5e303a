import { pods } from '@quarterdeck/api'
import type { ObjectKey } from '@quarterdeck/api-machinery'
import type { Client } from '@quarterdeck/client'

/** Ends a pod if its disruption budget allows. Throws TooManyRequests, which says what the budget needs, if not now. */
export async function evictPod(client: Client, { namespace, name }: ObjectKey, uid: string | undefined): Promise<void> {
  await client.createSubresource(pods, { namespace, name }, 'eviction', {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { namespace, name },
    ...(uid ? { deleteOptions: { preconditions: { uid } } } : {}),
  })
}
