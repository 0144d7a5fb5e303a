/**
 * Durable object creates per second and their latency, by number of concurrent writers, through the store on a fresh
 * embedded Postgres with its ordinary durable settings: `node bench/store/run.ts [seconds]`.
 */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedPostgres } from '@quarterdeck/postgres'
import { type CreateWrite, migrate, type ObjectStore, openPostgresStore } from '@quarterdeck/storage'

const writerCounts = [1, 16, 64, 256]
const objectBytes = 1300
const seconds = Number(process.argv[2] ?? 4)

interface Row {
  writers: number
  'creates/s': number
  'p50 ms': number
  'p95 ms': number
  'p99 ms': number
}

const dataDir = mkdtempSync(join(tmpdir(), 'quarterdeck-bench-'))
const server = await startEmbeddedPostgres({ dataDir })
try {
  await migrate(server.connectionString)
  const store = await openPostgresStore({ connectionString: server.connectionString })
  await store.cache('pods')
  await measure(store, 64, 1)
  const rows: Row[] = []
  for (const writers of writerCounts) rows.push(await measure(store, writers, seconds))
  console.table(rows)
  console.log(`${objectBytes}-byte objects, fsync on, cache loaded, node ${process.version}`)
  await store.close()
} finally {
  await server.stop()
  rmSync(dataDir, { recursive: true, force: true })
}

async function measure(store: ObjectStore, writers: number, durationSeconds: number): Promise<Row> {
  const latencies: number[] = []
  const start = performance.now()
  const end = start + durationSeconds * 1000
  const writer = async (): Promise<void> => {
    while (performance.now() < end) {
      const asked = performance.now()
      await store.commit(podWrite())
      latencies.push(performance.now() - asked)
    }
  }
  await Promise.all(Array.from({ length: writers }, writer))
  const elapsed = (performance.now() - start) / 1000
  latencies.sort((a, b) => a - b)
  const at = (share: number): number => Number((latencies[Math.floor(latencies.length * share)] ?? 0).toFixed(2))
  return { writers, 'creates/s': Math.round(latencies.length / elapsed), 'p50 ms': at(0.5), 'p95 ms': at(0.95), 'p99 ms': at(0.99) }
}

function podWrite(): CreateWrite {
  const uid = randomUUID()
  const name = `pod-${uid}`
  const object = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'bench', uid, resourceVersion: '', creationTimestamp: '2026-01-01T00:00:00Z', annotations: { fill: '' } },
  }
  object.metadata.annotations.fill = 'x'.repeat(Math.max(0, objectBytes - JSON.stringify(object).length))
  const author = { actor: 'bench', client: 'bench' }
  return { type: 'create', key: { resource: 'pods', namespace: 'bench', name }, uid, object, author, keepsHistory: true }
}
