import { isDeepStrictEqual } from 'node:util'

import {
  defaultClassOf,
  namesStorageClass,
  nodes,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  storageClasses,
  storageClassNameOf,
  volumeAnnotations,
  type PersistentVolume,
  type PersistentVolumeClaim,
} from '@quarterdeck/api'
import { keyOf, keyString, type ObjectKey } from '@quarterdeck/api-machinery'
import { getIfExists } from '@quarterdeck/client'
import {
  again,
  defineController,
  done,
  index,
  updateStatus,
  watch,
  type Caches,
  type Controller,
  type ReconcileContext,
  type ReconcileResult,
} from '@quarterdeck/controller-runtime'

import { hasEnded } from '../pods/pod-state.ts'
import { podsByClaim, podsByClaimIndex } from '../pods/pods-by-claim.ts'
import { bind } from './bind.ts'
import { planClaim, type ClaimPlan, type ClaimView } from './plan-claim.ts'
import { provision } from './provision.ts'
import { Reservations } from './reservations.ts'

const pendingByClass = 'pendingByClass'
const claimsByVolume = 'volumeName'
const freeByClass = 'freeByClass'
/** Name of the index of volumes under the key of the claim that their claimRef names. */
export const volumesByClaim = 'claim'
export const volumesByClaimIndex = index(persistentVolumes, volumesByClaim, ({ spec: { claimRef } }) =>
  claimRef ? [`${claimRef.namespace ?? ''}/${claimRef.name ?? ''}`] : [],
)
/** In place of a class, of claims that get the default one. */
const unnamedClass = ' unnamed'
const lookAgainMs = 1_000
/** The reason why a claim waits is told again, so that it is still there when someone looks. */
const tellAgainMs = 600_000

/** Gives claims their volumes: bound to one that fits, made for them, or waiting with the reason told. */
export function createClaimController(): Controller {
  return {
    name: 'persistent-volume-binder',
    run: (environment) => {
      const reservations = new Reservations()
      return defineController({
        name: 'persistent-volume-binder',
        component: 'persistentvolume-controller',
        primary: persistentVolumeClaims,
        reads: [nodes],
        watches: [
          watch(persistentVolumes, ({ object, old }, caches) => claimsToLookAt(object, old, caches)),
          watch(storageClasses, ({ object }, caches) => [...pendingIn(object.metadata.name, caches), ...pendingIn(unnamedClass, caches)]),
          watch(pods, ({ type, object }, caches) => {
            if (type !== 'added' || object.spec.nodeName) return []
            const { namespace } = object.metadata
            const names = podsByClaimIndex.valuesOf(object)
            return names
              .map((name) => ({ namespace, name: name.slice(namespace.length + 1) }))
              .filter((key) => isPending(caches.cache(persistentVolumeClaims).get(key)))
          }),
        ],
        indexes: [
          index(persistentVolumeClaims, pendingByClass, (claim) => (isPending(claim) ? [classOrUnnamed(claim)] : [])),
          index(persistentVolumeClaims, claimsByVolume, ({ spec }) => (spec.volumeName ? [spec.volumeName] : [])),
          index(persistentVolumes, freeByClass, (volume) => (volume.spec.claimRef ? [] : [storageClassNameOf(volume)])),
          volumesByClaimIndex,
          podsByClaimIndex,
        ],
        writes: [persistentVolumeClaims, persistentVolumes],
        reconcile: (key, ctx) => reconcile(key, ctx, reservations),
      }).run(environment)
    },
  }
}

function isPending(claim: PersistentVolumeClaim | undefined): boolean {
  return claim !== undefined && claim.metadata.annotations?.[volumeAnnotations.bindCompleted] === undefined
}

const classOrUnnamed = (claim: PersistentVolumeClaim): string => (namesStorageClass(claim) ? storageClassNameOf(claim) : unnamedClass)

const pendingIn = (className: string, { cache }: Caches): ObjectKey[] =>
  cache(persistentVolumeClaims).byIndex(pendingByClass, className).map(keyOf)

/** Claims that a change of a volume may matter to: those that it names or that name it; if it is free, all that could take it. */
function claimsToLookAt(volume: PersistentVolume, old: PersistentVolume | undefined, caches: Caches): ObjectKey[] {
  const { claimRef } = volume.spec
  const named = caches.cache(persistentVolumeClaims).byIndex(claimsByVolume, volume.metadata.name).map(keyOf)
  if (claimRef) return [...named, { namespace: claimRef.namespace ?? '', name: claimRef.name ?? '' }]
  const className = storageClassNameOf(volume)
  const isDelayed = caches.cache(storageClasses).get(className)?.volumeBindingMode === 'WaitForFirstConsumer'
  if (isDelayed || volume.status.phase !== 'Available' || (old && isOfferedAlike(volume, old))) return named
  return [...named, ...pendingIn(className, caches), ...(className ? [] : pendingIn(unnamedClass, caches))]
}

/** Whether every claim that could take the volume could take it before. */
function isOfferedAlike({ metadata, spec, status }: PersistentVolume, old: PersistentVolume): boolean {
  return status.phase === old.status.phase && isDeepStrictEqual(spec, old.spec) && isDeepStrictEqual(metadata.labels, old.metadata.labels)
}

async function reconcile(key: ObjectKey, ctx: ReconcileContext, reservations: Reservations): Promise<ReconcileResult> {
  const claim = ctx.cache(persistentVolumeClaims).get(key)
  if (!claim || !ctx.seesOwnWrites(key)) return done
  const view = await viewOf(claim, ctx)
  // From here to the reservation nothing is waited for: of claims that come together each looks after the one before has chosen.
  const free = view.free.filter((volume) => !reservations.isTaken(volume, claim))
  return apply(planClaim({ ...view, free }), claim, { ctx, reservations })
}

async function viewOf(claim: PersistentVolumeClaim, ctx: ReconcileContext): Promise<ClaimView> {
  const volumes = ctx.cache(persistentVolumes)
  const classes = ctx.cache(storageClasses)
  const key = keyString(keyOf(claim))
  const { volumeName } = claim.spec
  return {
    claim,
    storageClass: classes.get(storageClassNameOf(claim)),
    defaultClass: namesStorageClass(claim) ? undefined : defaultClassOf(classes.list()),
    // The caches of claims and volumes are not in step: what is not there may just not be there yet.
    volume: volumeName
      ? (volumes.get(volumeName) ?? (await getIfExists(ctx.client, persistentVolumes, { namespace: '', name: volumeName })))
      : undefined,
    reserved: volumes.byIndex(volumesByClaim, key),
    free: isPending(claim) ? volumes.byIndex(freeByClass, storageClassNameOf(claim)) : [],
    waitingPods: ctx
      .cache(pods)
      .byIndex(podsByClaim, key)
      .filter((pod) => !pod.spec.nodeName && !hasEnded(pod))
      .map((pod) => pod.metadata.name)
      .toSorted(),
  }
}

async function apply(
  plan: ClaimPlan,
  claim: PersistentVolumeClaim,
  { ctx, reservations }: { ctx: ReconcileContext; reservations: Reservations },
): Promise<ReconcileResult> {
  switch (plan.do) {
    case 'bind':
      if (!plan.volume.spec.claimRef) reservations.take(plan.volume, claim)
      try {
        await bind(ctx.client, plan.volume, claim)
      } catch (error) {
        reservations.release(plan.volume)
        throw error
      }
      return done
    case 'assignClass':
      // For good: it must not be one that was deleted just now.
      if (!(await getIfExists(ctx.client, storageClasses, { namespace: '', name: plan.className }))) return again(lookAgainMs)
      await ctx.client.update(persistentVolumeClaims, { ...claim, spec: { ...claim.spec, storageClassName: plan.className } })
      return done
    case 'provision':
      return provision(claim, plan.storageClass, ctx)
    case 'wait':
      await setPhase(claim, 'Pending', ctx)
      if (!plan.event) return done
      ctx.recorder.event(claim, plan.event.type, plan.event.reason, plan.event.message)
      return again(tellAgainMs)
    case 'lose':
      if (claim.status.phase === 'Lost') return done
      await setPhase(claim, 'Lost', ctx)
      ctx.recorder.event(claim, plan.event.type, plan.event.reason, plan.event.message)
      return done
  }
}

/** Of a claim that has no volume. */
async function setPhase(claim: PersistentVolumeClaim, phase: string, { client }: ReconcileContext): Promise<void> {
  const { accessModes: _, capacity: __, currentVolumeAttributesClassName: ___, ...rest } = claim.status
  const status: PersistentVolumeClaim['status'] = { ...rest, phase }
  await updateStatus(client, persistentVolumeClaims, { object: claim, status })
}
