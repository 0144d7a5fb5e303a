import { claimProtectionFinalizer, persistentVolumeClaims, pods, usesClaim, type PersistentVolumeClaim, type Pod } from '@quarterdeck/api'
import { keyOf, keyString, parseKeyString, type ObjectKey } from '@quarterdeck/api-machinery'
import { absentIfNotFound } from '@quarterdeck/client'
import {
  defineController,
  done,
  watch,
  type Controller,
  type ReconcileContext,
  type ReconcileResult,
} from '@quarterdeck/controller-runtime'

import { LiveUsers } from './live-users.ts'
import { podsByClaim, podsByClaimIndex } from '../pods/pods-by-claim.ts'

/** Lets a deleted claim go once no pod uses it any more. */
export function createClaimProtectionController(): Controller {
  return {
    name: 'persistent-volume-claim-protection',
    run: (environment) => {
      const liveUsers = new LiveUsers(environment.client)
      return defineController({
        name: 'persistent-volume-claim-protection',
        component: 'pvc-protection-controller',
        primary: persistentVolumeClaims,
        watches: [
          watch(pods, ({ type, object }, { cache }) =>
            type === 'deleted' || isShutDown(object)
              ? podsByClaimIndex
                  .valuesOf(object)
                  .map(parseKeyString)
                  .filter((key) => cache(persistentVolumeClaims).get(key)?.metadata.deletionTimestamp !== undefined)
              : [],
          ),
        ],
        indexes: [podsByClaimIndex],
        writes: [persistentVolumeClaims],
        reconcile: (key, ctx) => reconcile(key, ctx, liveUsers),
      }).run(environment)
    },
  }
}

async function reconcile(key: ObjectKey, ctx: ReconcileContext, liveUsers: LiveUsers): Promise<ReconcileResult> {
  const claim = ctx.cache(persistentVolumeClaims).get(key)
  if (!claim || !ctx.seesOwnWrites(key)) return done
  const { finalizers = [], deletionTimestamp } = claim.metadata
  const isProtected = finalizers.includes(claimProtectionFinalizer)
  if (deletionTimestamp === undefined) {
    if (!isProtected) await setFinalizers(claim, [...finalizers, claimProtectionFinalizer], ctx)
  } else if (isProtected && !(await isInUse(claim, ctx, liveUsers))) {
    const others = finalizers.filter((name) => name !== claimProtectionFinalizer)
    await setFinalizers(claim, others, ctx)
  }
  return done
}

/** The cache may not have the newest pods: before a claim goes, the server is asked. */
async function isInUse(claim: PersistentVolumeClaim, ctx: ReconcileContext, liveUsers: LiveUsers): Promise<boolean> {
  const keeps = (pod: Pod): boolean => keepsClaim(pod, claim)
  if (
    ctx
      .cache(pods)
      .byIndex(podsByClaim, keyString(keyOf(claim)))
      .some(keeps)
  )
    return true
  const users = await liveUsers.of(claim.metadata.namespace)
  return users.get(claim.metadata.name)?.some(keeps) ?? false
}

/**
 * Whether a claim must stay because of a pod: as long as a pod with a node is there, for no node starts one on a claim that is being
 * deleted. A pod that its node is done with does not keep the claims it owns, which wait for it in turn.
 */
export function keepsClaim(pod: Pod, claim: PersistentVolumeClaim): boolean {
  if (!pod.spec.nodeName || !usesClaim(pod, claim)) return false
  const { namespace, name } = claim.metadata
  const isNamed = pod.spec.volumes?.some((volume) => volume.persistentVolumeClaim?.claimName === name) ?? false
  return pod.metadata.namespace === namespace && (isNamed || !isShutDown(pod))
}

const isShutDown = ({ metadata }: Pod): boolean => metadata.deletionTimestamp !== undefined && !metadata.deletionGracePeriodSeconds

async function setFinalizers(claim: PersistentVolumeClaim, finalizers: string[], { client }: ReconcileContext): Promise<void> {
  await client.update(persistentVolumeClaims, { ...claim, metadata: { ...claim.metadata, finalizers } }).catch(absentIfNotFound)
}
