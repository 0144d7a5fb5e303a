import { persistentVolumes, volumeProtectionFinalizer, type PersistentVolume } from '@quarterdeck/api'
import type { ObjectKey } from '@quarterdeck/api-machinery'
import { absentIfNotFound } from '@quarterdeck/client'
import { defineController, done, type ReconcileContext, type ReconcileResult } from '@quarterdeck/controller-runtime'

/** Lets a deleted volume go once no claim has it any more. */
export const volumeProtectionController = defineController({
  name: 'persistent-volume-protection',
  component: 'pv-protection-controller',
  primary: persistentVolumes,
  writes: [persistentVolumes],
  reconcile,
})

async function reconcile(key: ObjectKey, ctx: ReconcileContext): Promise<ReconcileResult> {
  const volume = ctx.cache(persistentVolumes).get(key)
  if (!volume || !ctx.seesOwnWrites(key)) return done
  const finalizers = planFinalizers(volume)
  if (finalizers)
    await ctx.client.update(persistentVolumes, { ...volume, metadata: { ...volume.metadata, finalizers } }).catch(absentIfNotFound)
  return done
}

/** The finalizers that a volume is to have; undefined if it has them. No I/O. */
export function planFinalizers({ metadata, status }: PersistentVolume): string[] | undefined {
  const { finalizers = [], deletionTimestamp } = metadata
  const isProtected = finalizers.includes(volumeProtectionFinalizer)
  if (deletionTimestamp === undefined) return isProtected ? undefined : [...finalizers, volumeProtectionFinalizer]
  return isProtected && status.phase !== 'Bound' ? finalizers.filter((name) => name !== volumeProtectionFinalizer) : undefined
}
