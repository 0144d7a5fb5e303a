import type pg from 'pg'
import { transientAgeMs } from '../retention.ts'
import type { ColdReads } from './cold-reads.ts'

const dayMs = 24 * 60 * 60 * 1000

/** Moves the compaction point to the cutoff, thins out transient entries and drops the days that have nothing left to say. */
export async function compactLog(reads: ColdReads, olderThan: Date): Promise<void> {
  const transientOlderThan = new Date(Date.now() - transientAgeMs)
  await reads.rows({ text: 'SELECT compact_change($1, $2)', values: [olderThan, transientOlderThan] })
  const [clock] = await reads.rows<{ until: Date }>({ text: 'SELECT partitioned_until AS until FROM clock' })
  const partitions = await reads.rows<{ name: string }>({
    text: `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'change'::regclass ORDER BY 1`,
  })
  for (const { name } of partitions) {
    const end = endOfDay(name)
    // The last one is still written to, whatever the cutoff.
    if (!clock || end === undefined || end > olderThan.getTime() || end >= clock.until.getTime()) continue
    await reads.use((client) => dropPartition(client, name))
  }
}

/** Of `change_20261123`, the end of that day in UTC, in ms since the epoch. */
function endOfDay(partition: string): number | undefined {
  const found = /^change_(\d{4})(\d\d)(\d\d)$/.exec(partition)
  return found ? Date.UTC(Number(found[1]), Number(found[2]) - 1, Number(found[3])) + dayMs : undefined
}

/** Needs the whole log to itself for a moment; gives up quickly rather than hold up writers behind a long reader. */
async function dropPartition(client: pg.ClientBase, name: string): Promise<void> {
  await client.query('BEGIN')
  await client.query(`SET LOCAL lock_timeout = '1s'`)
  await client.query(`DROP TABLE IF EXISTS ${name}`)
  await client.query('COMMIT')
}
