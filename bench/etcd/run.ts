/** The peer of the store's benchmark: the same durable creates in etcd (Debian's etcd-server), through its JSON gateway. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { Agent, request } from 'undici'

import { timed } from '../lib/latencies.ts'

const writerCounts = [1, 16, 64, 256]
const seconds = 4
const valueBytes = 1300
const clientUrl = 'http://127.0.0.1:23790'
const startTimeoutMs = 10_000

const dataDir = mkdtempSync(join(tmpdir(), 'quarterdeck-etcd-'))
const args = [
  '--data-dir',
  dataDir,
  '--listen-client-urls',
  clientUrl,
  '--advertise-client-urls',
  clientUrl,
  '--listen-peer-urls',
  'http://127.0.0.1:23800',
]
const etcd = spawn('etcd', args, { stdio: 'ignore' })
const failed = new Promise<string>((resolve) => etcd.once('error', (error) => resolve(error.message)))
const dispatcher = new Agent({ connections: 256 })
try {
  const problem = await Promise.race([failed, untilHealthy()])
  if (problem) console.log(`etcd is not measured: ${problem} (Debian's package is etcd-server)`)
  else await measure()
} finally {
  await dispatcher.destroy()
  etcd.kill()
  rmSync(dataDir, { recursive: true, force: true })
}

async function untilHealthy(): Promise<undefined> {
  for (const end = Date.now() + startTimeoutMs; Date.now() < end; await delay(100)) {
    const isHealthy = await request(`${clientUrl}/health`, { dispatcher }).then(
      async ({ statusCode, body }) => (await body.text()) !== '' && statusCode === 200,
      () => false,
    )
    if (isHealthy) return undefined
  }
  throw new Error('etcd did not start')
}

async function measure(): Promise<void> {
  const base64 = (text: string): string => Buffer.from(text).toString('base64')
  const value = base64('x'.repeat(valueBytes))
  let next = 0
  const rows = []
  for (const writers of writerCounts) rows.push({ 'etcd creates, writers': writers, ...(await timed(writers, seconds, create)) })
  console.table(rows)
  console.log(`${valueBytes}-byte values, fsync on, each a transaction that requires the key to be absent`)

  async function create(): Promise<void> {
    const key = base64(`/bench/${next++}`)
    const body = JSON.stringify({
      compare: [{ key, target: 'CREATE', result: 'EQUAL', create_revision: '0' }],
      success: [{ request_put: { key, value } }],
    })
    const answer = await request(`${clientUrl}/v3/kv/txn`, { dispatcher, method: 'POST', body })
    await answer.body.dump()
    if (answer.statusCode !== 200) throw new Error(`etcd answered with ${answer.statusCode}`)
  }
}
