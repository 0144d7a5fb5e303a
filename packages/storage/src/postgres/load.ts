import type pg from 'pg'
import type { Stored } from '../stored-object.ts'
import { storedOf, type ValueRow } from './change-rows.ts'

const pageRows = 2000
const cursorText = `DECLARE objects NO SCROLL CURSOR FOR
  SELECT resource, namespace, name, uid, revision, value::text AS value FROM object WHERE resource = $1`

/** The objects of a resource and the revision they were read at, in one snapshot, a page at a time to bound the memory of rows. */
export async function loadResource(client: pg.ClientBase, resource: string): Promise<{ objects: Stored[]; revision: number }> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
  const clock = await client.query<{ revision: string }>('SELECT revision FROM clock')
  await client.query(cursorText, [resource])
  const objects: Stored[] = []
  for (;;) {
    const { rows } = await client.query<ValueRow>(`FETCH ${pageRows} FROM objects`)
    for (const row of rows) objects.push(storedOf(row))
    if (rows.length < pageRows) break
  }
  await client.query('COMMIT')
  return { objects, revision: Number(clock.rows[0]?.revision ?? 0) }
}
