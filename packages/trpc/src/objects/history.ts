import { isDeepStrictEqual } from 'node:util'

import type { KubeObject } from '@quarterdeck/api-machinery'
import { storedKindOf } from '@quarterdeck/apiserver'
import type { HistoryEntry } from '@quarterdeck/storage'
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
  /** Whether nothing but its status changed: what controllers report, not what anybody asked for. */
  isStatusOnly: boolean
  /** What it was after the change; Secrets without their values. */
  yaml: string
}

/** The changes of an object, newest first, those of its deleted predecessors of the same name included. */
export const objectHistory = procedure
  .input(targetSchema.extend({ before: z.int().optional(), limit: z.int().min(1).max(200).default(50) }))
  .query(async ({ ctx, input }): Promise<HistoryItem[]> => {
    const { core } = ctx.server
    const { kind, key } = resolveTarget(core, input)
    await core.authorize(requestOf(ctx.user, kind, key), 'get')
    const entries = await core.store.history({
      resource: storedKindOf(kind).resource,
      namespace: key.namespace,
      name: key.name,
      // The one before the last tells what the last changed.
      limit: input.limit + 1,
      ...(input.before === undefined ? {} : { before: input.before }),
    })
    return entries.slice(0, input.limit).map((entry, index) => ({
      type: entry.type,
      revision: entry.revision,
      uid: entry.uid,
      actor: entry.author.actor,
      client: entry.author.client,
      time: entry.time,
      isStatusOnly: isStatusOnly(entry, entries[index + 1]),
      yaml: comparableYaml(withoutSecretValues(entry.object)),
    }))
  })

function isStatusOnly(entry: HistoryEntry, before: HistoryEntry | undefined): boolean {
  return entry.type === 'updated' && entry.uid === before?.uid && isDeepStrictEqual(withoutStatus(entry), withoutStatus(before))
}

function withoutStatus({ object }: HistoryEntry): unknown {
  const { status: _, ...asked } = object as KubeObject & { status?: unknown }
  const { resourceVersion: _version, managedFields: _fields, ...metadata } = asked.metadata
  return { ...asked, metadata }
}
