import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const launcher = 'apps/quarterdeck/src/main.ts'
const startTimeoutMs = 240_000

/** The product, started as `npm start` starts it once all is built, on ports, a data directory and a node of its own. */
export interface Product {
  dashboardUrl: string
  password: string
  kubeconfig: string
  nodeName: string
  dataDir: string
  /** Process id of one of its processes, by the script it runs. */
  pidOf(script: string): number
  postgresPid(): number
  /** Ctrl-C, and waits until it is gone. Pods keep running. */
  interrupt(): Promise<void>
  /** Starts it again on the same data. */
  start(): Promise<void>
  /** Stops it, its pods and its traces. */
  destroy(): Promise<void>
}

export interface ProductOptions {
  /** Further options of the command line. */
  args?: readonly string[]
  /** Over its environment. */
  environment?: Readonly<Record<string, string>>
}

export async function startProduct(options: ProductOptions = {}): Promise<Product> {
  const dataDir = mkdtempSync(join(tmpdir(), 'quarterdeck-e2e-'))
  const nodeName = `e2e-${process.pid}`
  const [port, apiPort] = await freePorts(2)
  const args = ['--data', dataDir, '--port', String(port), '--api-port', String(apiPort), '--node-name', nodeName, ...(options.args ?? [])]
  // Networks of its own, so that it can run beside another cluster on this machine.
  const environment = {
    ...process.env,
    DATABASE_URL: undefined,
    QUARTERDECK_CLUSTER_CIDR: `10.${100 + (process.pid % 50)}.0.0/16`,
    QUARTERDECK_SERVICE_CIDR: `10.${150 + (process.pid % 50)}.0.0/16`,
    ...options.environment,
  }
  let child: ChildProcess | undefined

  async function start(): Promise<void> {
    child = spawn(process.execPath, [launcher, ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: environment,
      detached: true,
    })
    await untilRunning(child)
  }

  async function interrupt(): Promise<void> {
    if (!child || child.exitCode !== null) return
    const gone = new Promise<void>((resolve) => child!.once('exit', () => resolve()))
    process.kill(-child.pid!, 'SIGINT')
    await gone
  }

  const destroy = async (): Promise<void> => {
    await interrupt()
    await runToEnd([...args, '--teardown'], environment)
    await rm(dataDir, { recursive: true, force: true })
  }
  try {
    await start()
  } catch (error) {
    await destroy()
    throw error
  }
  return {
    dashboardUrl: `http://127.0.0.1:${port}`,
    password: readFileSync(join(dataDir, 'credentials/admin-password'), 'utf8').trim(),
    kubeconfig: join(dataDir, 'credentials/admin.kubeconfig'),
    nodeName,
    dataDir,
    pidOf: (script) => pidOf(script, child!.pid!),
    postgresPid: () => Number(readFileSync(join(dataDir, 'postgres/cluster/postmaster.pid'), 'utf8').split('\n')[0]),
    interrupt,
    start,
    destroy,
  }
}

async function untilRunning(child: ChildProcess): Promise<void> {
  let output = ''
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the product did not start in time:\n${output}`)), startTimeoutMs)
    const read = (chunk: Buffer): void => {
      output += chunk.toString()
      if (!output.includes('Quarterdeck is running')) return
      clearTimeout(timer)
      resolve()
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.once('exit', (code) => {
      clearTimeout(timer)
      reject(new Error(`the product ended with code ${code}:\n${output}`))
    })
  })
}

async function runToEnd(args: string[], env: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn(process.execPath, [launcher, ...args], { cwd: root, stdio: 'inherit', env })
  await new Promise((resolve) => child.once('exit', resolve))
}

/** A descendant of the launcher, found by its command line. */
function pidOf(script: string, launcherPid: number): number {
  const children = (pid: number): number[] => {
    try {
      return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
    } catch {
      return []
    }
  }
  const queue = [launcherPid]
  for (let pid = queue.shift(); pid !== undefined; pid = queue.shift()) {
    if (
      readFileSync(`/proc/${pid}/cmdline`, 'utf8')
        .split('\0')
        .some((arg) => arg.endsWith(script))
    )
      return pid
    queue.push(...children(pid))
  }
  throw new Error(`no process of the product runs ${script}`)
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, () => {
      const server = createServer()
      return new Promise<typeof server>((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
    }),
  )
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}
