import {
  canBeReserved,
  consumerReference,
  foreignResourceClaimProblem,
  isDoneWithClaims,
  isReservedFor,
  podResourceClaimAnnotation,
  pods,
  resourceClaimNameOf,
  resourceClaims,
  resourceClaimTemplates,
  type Pod,
  type ResourceClaim,
  type V1PodResourceClaim,
  type V1PodResourceClaimStatus,
} from '@quarterdeck/api'
import { isApiError, keyOf, keyString, type ObjectKey } from '@quarterdeck/api-machinery'
import { absentIfNotFound } from '@quarterdeck/client'
import { defineController, done, watch, type ReconcileContext, type ReconcileResult } from '@quarterdeck/controller-runtime'

import { isTerminating } from '../pods/pod-state.ts'
import { podsByClaimTemplate, podsByClaimTemplateIndex, podsByResourceClaim, podsByResourceClaimIndex } from './claim-index.ts'
import { planClaim } from './plan-claim.ts'

const maxCollisions = 8

/** Makes the claims that pods want of templates, tells the pods their names, and reserves claims for pods that came to a node without the scheduler. */
export const podClaimsController = defineController({
  name: 'resource-claim',
  component: 'resource_claim',
  primary: pods,
  watches: [
    watch(resourceClaims, ({ object }, { cache }) =>
      cache(pods)
        .byIndex(podsByResourceClaim, keyString(keyOf(object)))
        .map(keyOf),
    ),
    watch(resourceClaimTemplates, ({ type, object }, { cache }) =>
      type === 'deleted'
        ? []
        : cache(pods)
            .byIndex(podsByClaimTemplate, keyString(keyOf(object)))
            .map(keyOf),
    ),
  ],
  indexes: [podsByResourceClaimIndex, podsByClaimTemplateIndex],
  writes: [resourceClaims, pods],
  reconcile,
})

async function reconcile(key: ObjectKey, ctx: ReconcileContext): Promise<ReconcileResult> {
  const pod = ctx.cache(pods).get(key)
  if (!pod?.spec.resourceClaims?.length || isTerminating(pod) || isDoneWithClaims(pod)) return done
  if (!ctx.seesOwnWrites(key)) return done
  const made: V1PodResourceClaimStatus[] = []
  for (const podClaim of pod.spec.resourceClaims) {
    const name = await ensureClaim(pod, podClaim, ctx).catch((error: unknown) => report(pod, podClaim, { error, ctx }))
    if (name !== undefined) made.push({ name: podClaim.name, resourceClaimName: name })
  }
  if (made.length > 0) {
    const patch = { metadata: { uid: pod.metadata.uid }, status: { resourceClaimStatuses: made } }
    await ctx.client.patch(pods, key, patch, { type: 'strategic', subresource: 'status' }).catch(absentIfNotFound)
    return done
  }
  // Of pods without a node the scheduler sees to it.
  if (pod.spec.nodeName) await reserveClaims(pod, ctx)
  return done
}

function report(pod: Pod, { name }: V1PodResourceClaim, { error, ctx }: { error: unknown; ctx: ReconcileContext }): never {
  const message = `PodResourceClaim ${name}: ${(error as Error).message}`
  ctx.recorder.event(pod, 'Warning', 'FailedResourceClaimCreation', message)
  throw new Error(message, { cause: error })
}

/** The name of the claim that is there now and that the pod doesn't know of; undefined if there is nothing to tell it. */
async function ensureClaim(pod: Pod, podClaim: V1PodResourceClaim, ctx: ReconcileContext): Promise<string | undefined> {
  const known = resourceClaimNameOf(pod, podClaim)
  const claims = ctx.cache(resourceClaims)
  const { resourceClaimTemplateName: templateName } = podClaim
  if (templateName === undefined || known === '') return undefined
  const existing = known === undefined ? undefined : claims.get({ namespace: pod.metadata.namespace, name: known })
  if (existing && !foreignResourceClaimProblem(pod, existing)) return undefined
  const orphan = claims.ownedBy(pod).find(({ metadata }) => metadata.annotations?.[podResourceClaimAnnotation] === podClaim.name)
  const name = orphan?.metadata.name ?? (await createClaim(pod, podClaim, ctx))
  return name === known ? undefined : name
}

async function createClaim(pod: Pod, podClaim: V1PodResourceClaim, { cache, client }: ReconcileContext): Promise<string> {
  const templateName = podClaim.resourceClaimTemplateName ?? ''
  const template = cache(resourceClaimTemplates).get({ namespace: pod.metadata.namespace, name: templateName })
  if (!template) {
    const missing = `resourceclaimtemplate.resource.k8s.io ${JSON.stringify(templateName)} not found`
    throw new Error(`resource claim template ${JSON.stringify(templateName)}: ${missing}`)
  }
  for (let collisions = 0; ; collisions++) {
    const claim = planClaim(pod, podClaim, { template, collisions })
    const { name } = claim.metadata
    try {
      await client.create(resourceClaims, claim)
      return name
    } catch (error) {
      if (!isApiError(error, 'AlreadyExists'))
        throw new Error(`create ResourceClaim ${name}: ${(error as Error).message}`, { cause: error })
      const taken = await client.get(resourceClaims, { namespace: pod.metadata.namespace, name })
      if (!foreignResourceClaimProblem(pod, taken)) return name
      if (collisions === maxCollisions) throw new Error(`create ResourceClaim ${name}: ${(error as Error).message}`, { cause: error })
    }
  }
}

async function reserveClaims(pod: Pod, { cache, client }: ReconcileContext): Promise<void> {
  for (const podClaim of pod.spec.resourceClaims ?? []) {
    const name = resourceClaimNameOf(pod, podClaim)
    const claim = name ? cache(resourceClaims).get({ namespace: pod.metadata.namespace, name }) : undefined
    if (!claim || !needsReservation(claim, pod)) continue
    const problem = podClaim.resourceClaimName === undefined ? foreignResourceClaimProblem(pod, claim) : undefined
    if (problem) throw new Error(problem)
    const reservedFor = [...(claim.status.reservedFor ?? []), consumerReference(pod)]
    await client.update(resourceClaims, { ...claim, status: { ...claim.status, reservedFor } }, { subresource: 'status' })
  }
}

const needsReservation = (claim: ResourceClaim, pod: Pod): boolean =>
  claim.status.allocation !== undefined && !isReservedFor(claim, pod) && canBeReserved(claim)
