import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { after } from 'node:test'

import { testDatabase } from '@quarterdeck/testing'
import { parse } from 'yaml'

const root = fileURLToPath(new URL('../..', import.meta.url))

export interface WebProcess {
  apiPort: number
  dashboardPort: number
  /** PEM texts of the administrator's kubeconfig. */
  ca: string
  cert: string
  key: string
  password: string
  /** How it ended; undefined while it runs. */
  ended(): string | undefined
  /** What it wrote to standard error. */
  errors(): string
}

interface Kubeconfig {
  clusters: [{ cluster: { 'certificate-authority-data': string } }]
  users: [{ user: { 'client-certificate-data': string; 'client-key-data': string } }]
}

/** web alone over a database of its own, with a small heap; ended after the tests of the file. */
export async function startWeb({ heapMiB }: { heapMiB: number }): Promise<WebProcess> {
  const database = await testDatabase()
  const dir = mkdtempSync(join(tmpdir(), 'quarterdeck-web-'))
  const [apiPort, dashboardPort] = [await freePort(), await freePort()]
  const child = spawn(process.execPath, [`--max-old-space-size=${heapMiB}`, 'apps/web/server/main.ts'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      NODE_ENV: 'production',
      DATABASE_URL: database.connectionString,
      QUARTERDECK_HOST: '127.0.0.1',
      QUARTERDECK_PORT: String(dashboardPort),
      QUARTERDECK_API_HOST: '127.0.0.1',
      QUARTERDECK_API_PORT: String(apiPort),
      QUARTERDECK_CREDENTIALS_DIR: dir,
    },
  })
  let ended: string | undefined
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => (errors = (errors + String(chunk)).slice(-100_000)))
  child.once('exit', (code, signal) => (ended = `exit code ${code}, signal ${signal}`))
  after(async () => {
    await stop(child)
    await database.drop()
    await rm(dir, { recursive: true, force: true })
  })
  await untilPrinted(child, /web is listening/, () => errors)
  const text = readFileSync(join(dir, 'admin.kubeconfig'), 'utf8')
  const { clusters, users } = parse(text) as Kubeconfig
  const pem = (base64: string): string => Buffer.from(base64, 'base64').toString()
  return {
    apiPort,
    dashboardPort,
    ca: pem(clusters[0].cluster['certificate-authority-data']),
    cert: pem(users[0].user['client-certificate-data']),
    key: pem(users[0].user['client-key-data']),
    password: readFileSync(join(dir, 'admin-password'), 'utf8').trim(),
    ended: () => ended,
    errors: () => errors,
  }
}

function untilPrinted(child: ChildProcess, pattern: RegExp, errors: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = ''
    child.stdout!.on('data', (chunk: Buffer) => {
      output = (output + String(chunk)).slice(-10_000)
      if (pattern.test(output)) resolve()
    })
    child.once('exit', () => reject(new Error(`web ended at start:\n${output}${errors()}`)))
  })
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await gone
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
