import { persistentVolumeClaims, pods, type PersistentVolumeClaim, type Pod, type StatefulSet } from '@quarterdeck/api'
import { isApiError, keyOf } from '@quarterdeck/api-machinery'
import { onlyThis, type ReconcileContext } from '@quarterdeck/controller-runtime'

import { isNamespaceTerminating } from '../pods/change-pods.ts'
import { slowStartBatch } from '../replicas/slow-start.ts'
import { claimsOfSet } from './claims-of-set.ts'
import { identityLabels, podNameOf } from './identity.ts'
import type { SetPlan, Step } from './plan-set.ts'
import { podOfSet, type VersionedTemplate } from './pod-of-set.ts'

export interface SetChange {
  set: StatefulSet
  plan: SetPlan
  /** What a new pod of an ordinal is made of. */
  templateOf(ordinal: number): VersionedTemplate
}

/** Carries the plan out, stage by stage; rejects with the first failure. */
export async function applySet(change: SetChange, ctx: ReconcileContext): Promise<void> {
  const { stages, isOrdered } = change.plan
  for (const steps of stages) {
    if (isOrdered) for (const step of steps) await applyStep(change, step, ctx)
    else {
      const { failures } = await slowStartBatch(steps.length, (i) => applyStep(change, steps[i]!, ctx))
      if (failures[0]) throw failures[0]
    }
  }
}

async function applyStep(change: SetChange, step: Step, ctx: ReconcileContext): Promise<void> {
  const { set } = change
  switch (step.do) {
    case 'create':
      return createPod(change, step.ordinal, ctx)
    case 'claim':
      return createClaims(set, step.ordinal, ctx)
    case 'label':
      return labelPod(set, step, ctx)
    case 'own':
      return ownClaim(set, step, ctx)
    case 'delete':
      return deletePod(set, step.pod, ctx)
  }
}

/** The claims go first: a pod whose claim is missing can't be placed. The same name again finds the same claims. */
async function createPod({ set, templateOf }: SetChange, ordinal: number, ctx: ReconcileContext): Promise<void> {
  const name = podNameOf(set, ordinal)
  await reported('Create', { set, what: `Pod ${name}` }, ctx, async () => {
    await createClaims(set, ordinal, ctx)
    await ctx.client.create(pods, podOfSet(set, ordinal, templateOf(ordinal)))
  })
}

async function createClaims(set: StatefulSet, ordinal: number, ctx: ReconcileContext): Promise<void> {
  for (const draft of claimsOfSet(set, ordinal)) {
    const claim = ctx.cache(persistentVolumeClaims).get(keyOf(draft))
    const name = draft.metadata.name ?? ''
    if (claim?.metadata.deletionTimestamp) throw new Error(`pvc ${name} is being deleted`)
    if (claim) continue
    const what = `Claim ${name} Pod ${podNameOf(set, ordinal)}`
    await reported('Create', { set, what, success: 'success' }, ctx, async () => {
      await ctx.client.create(persistentVolumeClaims, draft)
    })
  }
}

async function labelPod(set: StatefulSet, { pod, ordinal }: { pod: Pod; ordinal: number }, ctx: ReconcileContext): Promise<void> {
  const labels = { ...pod.metadata.labels, ...identityLabels(set, ordinal) }
  await reported('Update', { set, what: `Pod ${pod.metadata.name}` }, ctx, async () => {
    await ctx.client.update(pods, { ...pod, metadata: { ...pod.metadata, labels } })
  })
}

async function ownClaim(set: StatefulSet, step: Extract<Step, { do: 'own' }>, ctx: ReconcileContext): Promise<void> {
  const { claim, owners, isContested } = step
  if (isContested) {
    const text = `PersistentVolumeClaim ${claim.metadata.name} has a conflicting OwnerReference that acts as a managing controller, the retention policy is ignored for this claim`
    ctx.recorder.event(set, 'Warning', 'ConflictingController', text)
  }
  const next: PersistentVolumeClaim = { ...claim, metadata: { ...claim.metadata, ownerReferences: owners } }
  await ctx.client.update(persistentVolumeClaims, next)
}

async function deletePod(set: StatefulSet, pod: Pod, ctx: ReconcileContext): Promise<void> {
  const { key, options } = onlyThis(pod)
  await reported('Delete', { set, what: `Pod ${pod.metadata.name}` }, ctx, async () => {
    try {
      await ctx.client.delete(pods, key, options)
    } catch (error) {
      if (!isApiError(error, 'NotFound', 'Conflict')) throw error
    }
  })
}

/** Does it and tells it as an event. What another has just made is no failure to tell of, nor is a namespace that goes. */
async function reported(
  verb: 'Create' | 'Update' | 'Delete',
  { set, what, success = 'successful' }: { set: StatefulSet; what: string; success?: string },
  ctx: ReconcileContext,
  act: () => Promise<void>,
): Promise<void> {
  const text = `${verb} ${what} in StatefulSet ${set.metadata.name}`
  try {
    await act()
    ctx.recorder.event(set, 'Normal', `Successful${verb}`, `${text} ${success}`)
  } catch (error) {
    const isQuiet = isApiError(error, 'AlreadyExists', 'Conflict') || isNamespaceTerminating(error)
    const message = error instanceof Error ? error.message : String(error)
    if (!isQuiet) ctx.recorder.event(set, 'Warning', `Failed${verb}`, `${text} failed error: ${message}`)
    throw error
  }
}
