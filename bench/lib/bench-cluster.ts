import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { startEmbeddedPostgres } from '@quarterdeck/postgres'
import { migrate } from '@quarterdeck/storage'

/** Where a benchmark's API server is, and the credentials of an administrator. */
export interface ApiAddress {
  url: string
  caPem: string
  certificatePem: string
  keyPem: string
}

/** Runs a benchmark against an API server process of its own on a fresh, durable Postgres. */
export async function withApiServer(run: (address: ApiAddress) => Promise<void>): Promise<void> {
  await withPostgres(async (connectionString) => {
    const child = fork(fileURLToPath(new URL('api-process.ts', import.meta.url)), {
      env: { ...process.env, DATABASE_URL: connectionString },
    })
    try {
      const [address] = (await once(child, 'message')) as [ApiAddress]
      await run(address)
    } finally {
      child.disconnect()
      await once(child, 'exit')
    }
  })
}

/** Runs a benchmark on a fresh, migrated, durable Postgres. */
export async function withPostgres(run: (connectionString: string) => Promise<void>): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'quarterdeck-bench-'))
  const server = await startEmbeddedPostgres({ dataDir })
  try {
    await migrate(server.connectionString)
    await run(server.connectionString)
  } finally {
    await server.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}
