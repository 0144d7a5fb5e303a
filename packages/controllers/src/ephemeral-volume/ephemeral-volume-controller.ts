import {
  claimNameOf,
  foreignClaimProblem,
  persistentVolumeClaims,
  pods,
  type PersistentVolumeClaim,
  type Pod,
  type V1Volume,
} from '@quarterdeck/api'
import { isApiError, parseKeyString, type Draft, type ObjectKey } from '@quarterdeck/api-machinery'
import { defineController, done, watch, type ReconcileContext, type ReconcileResult } from '@quarterdeck/controller-runtime'

import { controllerReference } from '../ownership/owner-reference.ts'
import { isTerminating } from '../pods/pod-state.ts'
import { podsByClaim, podsByClaimIndex } from '../pods/pods-by-claim.ts'

/** Makes the claims of pods' ephemeral volumes; they go with their pod. */
export const ephemeralVolumeController = defineController({
  name: 'ephemeral-volume',
  component: 'ephemeral_volume',
  primary: pods,
  watches: [
    watch(persistentVolumeClaims, ({ type, object }, { cache }) =>
      type === 'deleted'
        ? cache(pods)
            .byIndex(podsByClaim, `${object.metadata.namespace}/${object.metadata.name}`)
            .map(({ metadata: { namespace, name } }) => ({ namespace, name }))
        : [],
    ),
  ],
  indexes: [podsByClaimIndex],
  writes: [persistentVolumeClaims],
  reconcile,
})

async function reconcile(key: ObjectKey, ctx: ReconcileContext): Promise<ReconcileResult> {
  const pod = ctx.cache(pods).get(key)
  if (!pod || isTerminating(pod)) return done
  for (const volume of pod.spec.volumes ?? []) {
    if (!volume.ephemeral) continue
    const problem = await ensureClaim(pod, volume, ctx)
    if (!problem) continue
    ctx.recorder.event(pod, 'Warning', 'FailedBinding', `ephemeral volume ${volume.name}: ${problem}`)
    throw new Error(`ephemeral volume ${volume.name}: ${problem}`)
  }
  return done
}

/** Why the claim of an ephemeral volume is not there; undefined when it is. */
async function ensureClaim(pod: Pod, volume: V1Volume, { cache, client }: ReconcileContext): Promise<string | undefined> {
  const claim = planClaim(pod, volume)
  const key = parseKeyString(`${pod.metadata.namespace}/${claim.metadata.name}`)
  const existing = cache(persistentVolumeClaims).get(key)
  if (existing) return foreignClaimProblem(pod, existing)
  try {
    await client.create(persistentVolumeClaims, claim)
    return undefined
  } catch (error) {
    if (isApiError(error, 'AlreadyExists')) return foreignClaimProblem(pod, await client.get(persistentVolumeClaims, key))
    return `create PVC ${claim.metadata.name}: ${(error as Error).message}`
  }
}

/** The claim that an ephemeral volume asks for. No I/O. */
export function planClaim(pod: Pod, volume: V1Volume): Draft<PersistentVolumeClaim> & { metadata: { name: string } } {
  const { metadata = {}, spec = {} } = volume.ephemeral?.volumeClaimTemplate ?? {}
  return {
    metadata: {
      name: claimNameOf(pod, volume) ?? '',
      namespace: pod.metadata.namespace,
      labels: metadata.labels,
      annotations: metadata.annotations,
      ownerReferences: [controllerReference(pod, pods)],
    },
    spec,
    status: {},
  }
}
