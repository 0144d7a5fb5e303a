import type { QueryConfig } from 'pg'
import type { Write } from '../store.ts'
import { Stored } from '../stored-object.ts'
import type { CacheChange } from '../watch-cache.ts'
import { type WriteFailure, writeError } from '../write-failure.ts'
import { changeTypeOf, uidOf } from '../write.ts'
import type { PendingGroup } from './write-queue.ts'

const letterOf: Record<Write['type'], string> = { create: 'c', update: 'u', delete: 'd' }

/** JSON text escapes control characters, so this one can part bodies with no escaping of them. */
const bodySeparator = '\u001e'

const commitText = 'SELECT base, outcomes FROM commit_batch($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13)'

export interface CommitRow {
  base: string
  outcomes: string
}

/** The call of the SQL function commit_batch for these groups. `origin` is told to every process with the new revision. */
export function commitQuery(groups: readonly PendingGroup[], batchId: string, origin: string): QueryConfig {
  const writes = groups.flatMap((group) => group.writes)
  const columns = [
    writes.map((write) => letterOf[write.type]),
    writes.map((write) => write.key.resource),
    writes.map((write) => write.key.namespace),
    writes.map((write) => write.key.name),
    writes.map(uidOf),
    writes.map((write) => (write.type === 'create' ? 0 : write.expectedRevision)),
    groups.flatMap((group, index) => group.writes.map(() => index)),
    writes.map((write) => !write.keepsHistory),
    writes.map((write) => write.author.actor),
    writes.map((write) => write.author.client),
  ]
  const bodies = groups.flatMap((group) => group.values).join(bodySeparator)
  return { name: 'commit_batch', text: commitText, values: [batchId, origin, ...columns, bodies] }
}

/** What became of a group: its changes, or why it was not stored. */
export type GroupResult = { group: PendingGroup; changes: CacheChange[] } | { group: PendingGroup; error: Error }

export interface BatchResult {
  /** Of the first and the last change of the batch; `last` is below `first` if there was none. */
  first: number
  last: number
  groups: GroupResult[]
}

const failureOf: Record<string, WriteFailure> = { e: 'AlreadyExists', n: 'NotFound', r: 'Conflict' }

/** Reads the answer of commit_batch. */
export function batchResult(groups: readonly PendingGroup[], { base, outcomes }: CommitRow): BatchResult {
  let revision = Number(base)
  let at = 0
  const results = groups.map((group): GroupResult => {
    const letters = outcomes.slice(at, (at += group.writes.length))
    const failed = group.writes.findIndex((_, index) => (letters[index] as string) in failureOf)
    if (failed >= 0)
      return { group, error: writeError(failureOf[letters[failed] as string] as WriteFailure, (group.writes[failed] as Write).key) }
    return { group, changes: group.writes.map((_, index) => changeOf(group, index, ++revision)) }
  })
  return { first: Number(base) + 1, last: revision, groups: results }
}

export function changeOf(group: PendingGroup, index: number, revision: number): CacheChange {
  const write = group.writes[index] as Write
  const identity = { key: write.key, uid: uidOf(write), revision }
  return { type: changeTypeOf[write.type], current: new Stored(identity, write.object, group.values[index]) }
}
