import {
  isLocalPathVolume,
  persistentVolumeClaims,
  persistentVolumes,
  type PersistentVolume,
  type PersistentVolumeClaim,
} from '@quarterdeck/api'
import { compareQuantities, keyString, type ObjectKey } from '@quarterdeck/api-machinery'
import { defineController, done, updateStatus, type ReconcileContext, type ReconcileResult } from '@quarterdeck/controller-runtime'

/** Grows the volumes of claims that ask for more than they have. */
export const volumeExpansionController = defineController({
  name: 'volume-expansion',
  component: 'volume_expand',
  primary: persistentVolumeClaims,
  reads: [persistentVolumes],
  writes: [persistentVolumeClaims, persistentVolumes],
  reconcile,
})

async function reconcile(key: ObjectKey, ctx: ReconcileContext): Promise<ReconcileResult> {
  const claim = ctx.cache(persistentVolumeClaims).get(key)
  if (!claim || !ctx.seesOwnWrites(key)) return done
  const volume = ctx.cache(persistentVolumes).get({ namespace: '', name: claim.spec.volumeName ?? '' })
  switch (planExpansion(claim, volume)) {
    case 'none':
      return done
    case 'external':
      ctx.recorder.event(claim, 'Normal', 'ExternalExpanding', 'waiting for an external controller to expand this PVC')
      return done
    case 'grow':
      await grow(claim, volume!, ctx)
      ctx.recorder.event(claim, 'Normal', 'VolumeResizeSuccessful', `ExpandVolume succeeded for volume ${keyString(key)}`)
      return done
  }
}

/** Who is to grow the volume: `none` if it is as large as the claim asks for, or not the claim's. No I/O. */
export function planExpansion(claim: PersistentVolumeClaim, volume: PersistentVolume | undefined): 'none' | 'grow' | 'external' {
  if (claim.status.phase !== 'Bound' || volume?.spec.claimRef?.uid !== claim.metadata.uid) return 'none'
  if (compareQuantities(sizeOf(claim), claim.status.capacity?.['storage'] ?? '0') <= 0) return 'none'
  return isLocalPathVolume(volume) ? 'grow' : 'external'
}

const sizeOf = ({ spec }: PersistentVolumeClaim): string => spec.resources?.requests?.['storage'] ?? '0'

/** A folder has no size of its own: what is written down follows at once. The volume first, so that a claim never has more than it. */
async function grow(claim: PersistentVolumeClaim, volume: PersistentVolume, { client }: ReconcileContext): Promise<void> {
  const storage = sizeOf(claim)
  if (compareQuantities(volume.spec.capacity?.['storage'] ?? '0', storage) < 0)
    await client.update(persistentVolumes, { ...volume, spec: { ...volume.spec, capacity: { storage } } })
  const status: PersistentVolumeClaim['status'] = { ...claim.status, capacity: { storage } }
  await updateStatus(client, persistentVolumeClaims, { object: claim, status })
}
