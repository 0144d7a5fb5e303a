import type { ChangeEvent, HistoryEntry, HistoryQuery } from '../store.ts'
import { Stored } from '../stored-object.ts'
import type { LogPage } from '../watch-cache.ts'
import { compactedError } from '../write-failure.ts'
import { changeTypeOfRow, type ChangeRow, keyOfRow, letterOfType, storedOf } from './change-rows.ts'
import type { ColdReads } from './cold-reads.ts'

interface EventRow extends ChangeRow {
  previous_revision: string | null
  previous: string | null
}

interface HistoryRow extends ChangeRow {
  time: Date
  actor: string
  client: string
}

const pageRows = 500
/** OFFSET 0 has each previous value looked up in the index: a plan that joins the two may read the whole log for one page. */
export const pageText = `SELECT c.revision, c.type, c.resource, c.namespace, c.name, c.uid, c.value::text AS value,
    c.previous_revision, coalesce(c.previous_value, p.value)::text AS previous
  FROM change c LEFT JOIN LATERAL (
    SELECT value FROM change WHERE resource = c.resource AND revision = c.previous_revision OFFSET 0
  ) AS p ON c.previous_value IS NULL
  WHERE c.resource = $1 AND c.revision > $2 AND c.revision <= $3 ORDER BY c.revision LIMIT ${pageRows}`
const compactedText = `SELECT greatest(compacted, (SELECT revision FROM compaction WHERE resource = $1)) AS compacted FROM clock`

/** A page of a resource's events out of the log, for watches from before what its cache remembers. */
export async function readLogPage(reads: ColdReads, range: { resource: string; after: number; upTo: number }): Promise<LogPage> {
  const { resource, after, upTo } = range
  const rows = await reads.rows<EventRow>({ name: 'log_page', text: pageText, values: [resource, after, upTo] })
  // Asked after the page was read: compaction only moves on, so a page that starts past it now was complete.
  const [point] = await reads.rows<{ compacted: string }>({ name: 'log_compacted', text: compactedText, values: [resource] })
  const compacted = Number(point?.compacted ?? 0)
  if (after < compacted) throw compactedError(after, compacted)
  const events = rows.map(eventOf)
  return { events, upTo: rows.length === pageRows ? (events.at(-1) as ChangeEvent).revision : upTo }
}

function eventOf(row: EventRow): ChangeEvent {
  const current = storedOf(row)
  const previous =
    row.previous === null
      ? undefined
      : Stored.parse({ key: current.key, uid: current.uid, revision: Number(row.previous_revision) }, row.previous)
  return { type: changeTypeOfRow(row), revision: current.revision, current, previous }
}

export async function readHistory(reads: ColdReads, query: HistoryQuery): Promise<HistoryEntry[]> {
  const conditions: string[] = ['resource = $1', 'revision > (SELECT compacted FROM clock)']
  const values: unknown[] = [query.resource]
  const add = (column: string, value: unknown): void => {
    if (value !== undefined) conditions.push(`${column} $${values.push(value)}`)
  }
  add('namespace =', query.namespace)
  add('name =', query.name)
  add('uid =', query.uid)
  add('type =', query.type && letterOfType[query.type])
  add('revision <', query.before)
  const rows = await reads.rows<HistoryRow>({
    text: `SELECT revision, type, resource, namespace, name, uid, value::text AS value, time, actor, client FROM change
      WHERE ${conditions.join(' AND ')} ORDER BY revision DESC LIMIT $${values.push(query.limit)}`,
    values,
  })
  return rows.map((row) => ({
    type: changeTypeOfRow(row),
    revision: Number(row.revision),
    uid: row.uid,
    key: keyOfRow(row),
    author: { actor: row.actor, client: row.client },
    time: row.time.toISOString(),
    object: storedOf(row).object,
  }))
}
