import { deployments, type Kind } from '@quarterdeck/api'
import { badRequest, notFound, type KubeObject } from '@quarterdeck/api-machinery'
import { z } from 'zod'

import { resolveTarget, targetSchema } from '../target.ts'
import { procedure } from '../trpc.ts'
import { revisionsOf, type Revision, type RollingWorkload } from './revision.ts'

/** Annotations that a Deployment keeps as they are when it is rolled back, as `kubectl rollout undo` does. */
const ownAnnotations = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'deployment.kubernetes.io/revision',
  'deployment.kubernetes.io/revision-history',
  'deployment.kubernetes.io/desired-replicas',
  'deployment.kubernetes.io/max-replicas',
  'deprecated.deployment.rollback.to',
])

/**
 * Gives a Deployment, StatefulSet or DaemonSet a former template, as `kubectl rollout undo` does; without a revision, the
 * one before the latest. Throws BadRequest for a paused Deployment, NotFound for a revision that is not kept.
 */
export const rollBack = procedure
  .input(targetSchema.extend({ revision: z.int().min(1).optional() }))
  .mutation(async ({ ctx, input }): Promise<{ action: 'rolled-back' | 'skipped'; revision: number }> => {
    const { kind, key } = resolveTarget(ctx.server.core, input)
    const workload = (await ctx.client.get(kind, key)) as RollingWorkload
    const revisions = await revisionsOf(ctx.client, kind, workload)
    if (workload.spec.paused) throw badRequest(`the ${kind.kind} ${key.name} is paused: resume it first, then roll it back`)
    const chosen = input.revision === undefined ? revisions[1] : revisions.find(({ number }) => number === input.revision)
    if (!chosen && input.revision === undefined) throw badRequest(`the ${kind.kind} ${key.name} has no former revision to go back to`)
    if (!chosen) throw notFound({ group: kind.group, resource: kind.plural }, `${key.name} at revision ${input.revision}`)
    if (chosen.isCurrent) return { action: 'skipped', revision: chosen.number }
    await ctx.client.patch(kind, key, patchTo(kind, workload, chosen), { type: 'json' })
    return { action: 'rolled-back', revision: chosen.number }
  })

/**
 * The test makes it fail rather than undo a change of the spec that came in between. The status of a workload that rolls changes all
 * the time, and may.
 */
function patchTo(kind: Kind, workload: RollingWorkload, { keptIn, template }: Revision): unknown[] {
  return [
    { op: 'test', path: '/metadata/generation', value: workload.metadata.generation },
    { op: 'replace', path: '/spec/template', value: template },
    // A Deployment gets what its annotations were; the others' revisions keep none.
    ...(kind.resource === deployments.resource
      ? [{ op: 'add', path: '/metadata/annotations', value: annotationsAfter(workload, keptIn) }]
      : []),
  ]
}

function annotationsAfter(workload: KubeObject, keptIn: KubeObject): Record<string, string> {
  const pick = (object: KubeObject, isOwn: boolean): [string, string][] =>
    Object.entries(object.metadata.annotations ?? {}).filter(([name]) => ownAnnotations.has(name) === isOwn)
  return Object.fromEntries([...pick(workload, true), ...pick(keptIn, false)])
}
