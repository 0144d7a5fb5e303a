import type { HistoryEntry } from '@quarterdeck/storage'
import { storedKindOf } from '@quarterdeck/apiserver'
import { z } from 'zod'

import { comparableYaml } from '../documents/object-yaml.ts'
import { requestOf, resolveTarget, targetSchema } from '../target.ts'
import { procedure } from '../trpc.ts'
import { withoutSecretValues } from './secret-values.ts'

/** One change of an object. */
export interface HistoryItem {
  type: HistoryEntry['type']
  revision: number
  uid: string
  actor: string
  client: string
  /** RFC 3339. */
  time: string
  /** What it was after the change; Secrets without their values. */
  yaml: string
}

/** The changes of an object, newest first, those of its deleted predecessors of the same name included. */
export const objectHistory = procedure
  .input(targetSchema.extend({ before: z.int().optional(), limit: z.int().min(1).max(200).default(50) }))
  .query(async ({ ctx, input }): Promise<HistoryItem[]> => {
    const { core } = ctx.server
    const { kind, key } = resolveTarget(core, input)
    core.authorize(requestOf(ctx.user, kind, key), 'get')
    const entries = await core.store.history({
      resource: storedKindOf(kind).resource,
      namespace: key.namespace,
      name: key.name,
      limit: input.limit,
      ...(input.before === undefined ? {} : { before: input.before }),
    })
    return entries.map((entry) => ({
      type: entry.type,
      revision: entry.revision,
      uid: entry.uid,
      actor: entry.author.actor,
      client: entry.author.client,
      time: entry.time,
      yaml: comparableYaml(withoutSecretValues(entry.object)),
    }))
  })
