import type pg from 'pg'
import type { Stored } from '../stored-object.ts'
import { storedOf, type ValueRow } from './change-rows.ts'

const pageRows = 2000
const pageText = `SELECT resource, namespace, name, uid, revision, value::text AS value FROM object
  WHERE resource = $1 AND (namespace, name) > ($2, $3) ORDER BY namespace, name LIMIT ${pageRows}`

/** The objects of a resource and the revision they were read at, in one snapshot, in pages to bound the memory of rows. */
export async function loadResource(client: pg.ClientBase, resource: string): Promise<{ objects: Stored[]; revision: number }> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
  const clock = await client.query<{ revision: string }>('SELECT revision FROM clock')
  const objects: Stored[] = []
  let last: ValueRow | undefined
  for (;;) {
    const { rows } = await client.query<ValueRow>({
      name: 'load_page',
      text: pageText,
      values: [resource, last?.namespace ?? '', last?.name ?? ''],
    })
    for (const row of rows) objects.push(storedOf(row))
    last = rows.at(-1)
    if (rows.length < pageRows) break
  }
  await client.query('COMMIT')
  return { objects, revision: Number(clock.rows[0]?.revision ?? 0) }
}
