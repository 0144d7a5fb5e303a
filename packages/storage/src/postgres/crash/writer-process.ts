/** A process to be killed: creates and updates objects as fast as it can and prints each acknowledged revision with its name. */
import { createOf, updateOf } from '../../conformance/harness.ts'
import { openPostgresStore } from '../postgres-store.ts'

const [connectionString = '', prefix = ''] = process.argv.slice(2)
const store = await openPostgresStore({ connectionString })
await store.cache('configmaps')
await Promise.all(
  Array.from({ length: 24 }, async (_, writer) => {
    for (let n = 0; ; n++) {
      const created = await store.commit(createOf(`${prefix}-${writer}-${n}`))
      process.stdout.write(`${created.revision} ${created.key.name}\n`)
      const updated = await store.commit(updateOf(created, { n: String(n) }))
      process.stdout.write(`${updated.revision} ${updated.key.name}\n`)
    }
  }),
)
