import { persistentVolumeClaims, persistentVolumes, type PersistentVolume, type PersistentVolumeClaim } from '@quarterdeck/api'
import { keyOf, keyString, type ObjectKey } from '@quarterdeck/api-machinery'
import { absentIfNotFound, getIfExists } from '@quarterdeck/client'
import { defineController, done, onlyThis, watch, type ReconcileContext, type ReconcileResult } from '@quarterdeck/controller-runtime'

import { updatePhase } from './bind.ts'
import { volumesByClaim, volumesByClaimIndex } from './claim-controller.ts'
import { planVolume, unboundVolume, type Reclaim, type VolumePlan } from './plan-volume.ts'

/** Keeps the phase of volumes and, once their claim is gone, does with them what their policy says. */
export const volumeController = defineController({
  name: 'persistent-volume',
  component: 'persistentvolume-controller',
  primary: persistentVolumes,
  watches: [
    watch(persistentVolumeClaims, ({ object }, { cache }) => [
      ...(object.spec.volumeName ? [{ namespace: '', name: object.spec.volumeName }] : []),
      ...cache(persistentVolumes)
        .byIndex(volumesByClaim, keyString(keyOf(object)))
        .map(keyOf),
    ]),
  ],
  indexes: [volumesByClaimIndex],
  writes: [persistentVolumes],
  reconcile,
})

async function reconcile(key: ObjectKey, ctx: ReconcileContext): Promise<ReconcileResult> {
  const volume = ctx.cache(persistentVolumes).get(key)
  if (!volume || !ctx.seesOwnWrites(key)) return done
  const claim = await claimOf(volume, ctx)
  await apply(planVolume(volume, claim), { volume, claim, ctx })
  return done
}

/** The claim of the name that the volume's claimRef has. Before a volume counts as released, the server is asked. */
async function claimOf(volume: PersistentVolume, ctx: ReconcileContext): Promise<PersistentVolumeClaim | undefined> {
  const { claimRef } = volume.spec
  if (!claimRef?.uid) return undefined
  const key = { namespace: claimRef.namespace ?? '', name: claimRef.name ?? '' }
  const cached = ctx.cache(persistentVolumeClaims).get(key)
  if (cached?.metadata.uid === claimRef.uid || isReleased(volume)) return cached
  return getIfExists(ctx.client, persistentVolumeClaims, key)
}

const isReleased = ({ status }: PersistentVolume): boolean => status.phase === 'Released' || status.phase === 'Failed'

interface Subject {
  volume: PersistentVolume
  claim: PersistentVolumeClaim | undefined
  ctx: ReconcileContext
}

async function apply(plan: VolumePlan, { volume, claim, ctx }: Subject): Promise<void> {
  const { client, recorder } = ctx
  switch (plan.do) {
    case 'setPhase':
      await updatePhase(client, volume, plan.phase)
      return
    case 'leave':
      return
    case 'warn':
      recorder.event(volume, plan.onVolume.type, plan.onVolume.reason, plan.onVolume.message)
      if (claim) recorder.event(claim, plan.onClaim.type, plan.onClaim.reason, plan.onClaim.message)
      return
    case 'unbind':
      await updatePhase(client, await client.update(persistentVolumes, unboundVolume(volume)), 'Available')
      return
    case 'release':
      await reclaim(isReleased(volume) ? volume : await updatePhase(client, volume, 'Released'), plan.reclaim, ctx)
  }
}

async function reclaim(volume: PersistentVolume, plan: Reclaim, ctx: ReconcileContext): Promise<void> {
  switch (plan.do) {
    case 'keep':
      return
    case 'delete':
      if (volume.metadata.deletionTimestamp) return
      await ctx.client.delete(persistentVolumes, keyOf(volume), onlyThis(volume).options).catch(absentIfNotFound)
      return
    case 'fail':
      if (volume.status.phase === 'Failed') return
      await updatePhase(ctx.client, volume, 'Failed', plan.event.message)
      ctx.recorder.event(volume, plan.event.type, plan.event.reason, plan.event.message)
  }
}
