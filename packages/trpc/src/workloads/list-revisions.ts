import { yamlWriting } from '@quarterdeck/api-machinery'
import { stringify } from 'yaml'

import { resolveTarget, targetSchema } from '../target.ts'
import { procedure } from '../trpc.ts'
import { revisionsOf, type RollingWorkload } from './revision.ts'

export interface RevisionItem {
  number: number
  /** Of the ReplicaSet or ControllerRevision that keeps it. */
  name: string
  createdAt: string
  isCurrent: boolean
  changeCause?: string | undefined
  images: string[]
  /** The pod template. */
  yaml: string
}

/** The templates that a Deployment, StatefulSet or DaemonSet had and can be rolled back to, newest first. */
export const listRevisions = procedure.input(targetSchema).query(async ({ ctx, input }): Promise<RevisionItem[]> => {
  const { kind, key } = resolveTarget(ctx.server.core, input)
  const workload = (await ctx.client.get(kind, key)) as RollingWorkload
  const revisions = await revisionsOf(ctx.client, kind, workload)
  return revisions.map(({ number, keptIn, template, isCurrent, changeCause }) => {
    const { containers = [] } = (template['spec'] ?? {}) as { containers?: { image?: string }[] }
    return {
      number,
      name: keptIn.metadata.name,
      createdAt: keptIn.metadata.creationTimestamp,
      isCurrent,
      changeCause,
      images: containers.flatMap(({ image }) => image ?? []),
      yaml: stringify(template, { ...yamlWriting, sortMapEntries: true }),
    }
  })
})
