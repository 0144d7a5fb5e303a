import { randomUUID } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'

import { startEmbeddedPostgres, PostgresStartError, type EmbeddedPostgres } from '@quarterdeck/postgres'
import { networkSetting, SettingError } from '@quarterdeck/process'
import { migrate, MigrationError } from '@quarterdeck/storage'

import type { DataDirectory } from './data-directory.ts'
import { dockerSocket } from './docker-engine.ts'
import { keepNodeName, nodeNameOf } from './node-name.ts'
import type { StartOptions } from './options.ts'
import { step } from './progress.ts'
import { SupervisedProcess } from './supervised-process.ts'
import { untilNodeReady, untilWebReady } from './until-ready.ts'

export interface Cluster {
  dashboardUrl: string
  kubeconfigFile: string
  passwordFile: string
  /** Stops everything that was started, in order; pods keep running. */
  stop(): Promise<void>
}

export interface ClusterOptions {
  options: StartOptions
  data: DataDirectory
  root: string
  signal: AbortSignal
}

/** Starts Postgres, web, worker and agent, and resolves when the node is Ready. What was started is stopped again if any of it fails. */
export async function startCluster({ options, data, root, signal }: ClusterOptions): Promise<Cluster> {
  const nodeName = nodeNameOf(data, options.nodeName)
  const [agentArgs, clusterCidr] = [agentArguments(data, nodeName), clusterCidrFor(options)]
  const started: { stop(): Promise<void> }[] = []
  const stop = async (): Promise<void> => {
    for (const part of started.toReversed()) await part.stop()
  }
  try {
    const databaseUrl = await startDatabase(data, started)
    const run = (name: string, args: readonly string[], env: Record<string, string | undefined>): SupervisedProcess => {
      const process = new SupervisedProcess({
        name,
        args,
        // Compiled code is kept between starts, which makes them faster and leaner.
        env: { NODE_COMPILE_CACHE: join(data.path, 'compile-cache'), ...env },
        cwd: root,
        logFile: join(data.logs, `${name}.log`),
        say: (line) => console.log(`! ${line}`),
      })
      started.push(process)
      return process
    }
    const watch = (ownDir: string): string[] => (options.isDevelopment ? watchArguments(root, ownDir) : [])
    const dashboardUrl = `http://${options.host === '0.0.0.0' ? '127.0.0.1' : options.host}:${options.port}`
    const web = run('web', [...watch('apps/web/server'), 'apps/web/server/main.ts'], {
      DATABASE_URL: databaseUrl,
      NODE_ENV: options.isDevelopment ? 'development' : 'production',
      QUARTERDECK_HOST: options.host,
      QUARTERDECK_PORT: String(options.port),
      QUARTERDECK_API_PORT: String(options.apiPort),
      QUARTERDECK_CREDENTIALS_DIR: data.credentials,
      QUARTERDECK_NODE_NAME: nodeName,
    })
    run('worker', [...watch('apps/worker/src'), 'apps/worker/src/main.ts'], {
      DATABASE_URL: databaseUrl,
      // One identity for all its lives: started again after a fall it leads on at once, without waiting for its own Lease.
      QUARTERDECK_WORKER_IDENTITY: `${hostname()}_${randomUUID()}`,
      QUARTERDECK_CLUSTER_CIDR: clusterCidr,
    })
    await step('Starting the API server and the dashboard', () => untilWebReady(dashboardUrl, web, data.credentials, signal))
    keepNodeName(data, nodeName)
    const agent = run('agent', [...watch('apps/agent/src'), 'apps/agent/src/main.ts', ...agentArgs], {})
    if (options.nodesSimulated > 0) {
      const credential = ['--kubeconfig', join(data.credentials, 'admin.kubeconfig')]
      run(
        'simulated-nodes',
        ['apps/agent/src/main.ts', ...credential, '--no-node', '--nodes-simulated', String(options.nodesSimulated)],
        {},
      )
    }
    const kubeconfigFile = join(data.credentials, 'admin.kubeconfig')
    await step(`Starting the scheduler, the controllers and node ${nodeName}`, () =>
      untilNodeReady(nodeName, agent, kubeconfigFile, signal),
    )
    return { dashboardUrl, kubeconfigFile, passwordFile: join(data.credentials, 'admin-password'), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Node starts a process again when a file of its own or of a package changes; components are Next's to reload. */
function watchArguments(root: string, ownDir: string): string[] {
  const packages = readdirSync(join(root, 'packages')).filter((name) => name !== 'ui')
  return ['--watch-preserve-output', ...[ownDir, ...packages.map((name) => `packages/${name}`)].map((path) => `--watch-path=${path}`)]
}

/** The default range has room for 256 nodes: many simulated ones need a wider one. */
function clusterCidrFor({ nodesSimulated }: StartOptions): string | undefined {
  return networkSetting('QUARTERDECK_CLUSTER_CIDR') ?? (nodesSimulated > 200 ? '10.128.0.0/9' : undefined)
}

/** The arguments of this machine's agent. Its addresses follow QUARTERDECK_SERVICE_CIDR, as web's and worker's do. */
export function agentArguments(data: DataDirectory, nodeName: string): string[] {
  const serviceCidr = networkSetting('QUARTERDECK_SERVICE_CIDR')
  return [
    '--kubeconfig',
    join(data.credentials, 'node.kubeconfig'),
    '--node-name',
    nodeName,
    '--data-dir',
    data.node,
    '--docker-socket',
    dockerSocket(),
    ...(serviceCidr ? ['--service-cidr', serviceCidr, '--cluster-dns', dnsAddressOf(serviceCidr)] : []),
  ]
}

/** The tenth address of the Services' network. */
function dnsAddressOf(serviceCidr: string): string {
  const octets = serviceCidr.split('/')[0]!.split('.').map(Number)
  return [...octets.slice(0, 3), (octets[3] ?? 0) + 10].join('.')
}

async function startDatabase(data: DataDirectory, started: { stop(): Promise<void> }[]): Promise<string> {
  const external = process.env['DATABASE_URL']
  const connectionString = external ?? (await step('Starting Postgres', () => startPostgres(data.postgres, started)))
  await step('Preparing the database', () => migrate(connectionString)).catch((error: unknown) => {
    if (error instanceof MigrationError) throw new SettingError(error.message)
    throw external ? new SettingError(`the database of DATABASE_URL cannot be used: ${(error as Error).message}`) : error
  })
  return connectionString
}

async function startPostgres(dataDir: string, started: { stop(): Promise<void> }[]): Promise<string> {
  const keeper = new PostgresKeeper(dataDir)
  const connectionString = await keeper.start()
  started.push(keeper)
  return connectionString
}

/** Starts Postgres again should it end by itself. */
class PostgresKeeper {
  readonly #dataDir: string
  #server: EmbeddedPostgres | undefined
  #isStopping = false

  constructor(dataDir: string) {
    this.#dataDir = dataDir
  }

  async start(): Promise<string> {
    try {
      this.#server = await startEmbeddedPostgres({ dataDir: this.#dataDir })
    } catch (error) {
      throw error instanceof PostgresStartError ? new SettingError(error.message) : error
    }
    void this.#server.exited.then(() => this.#restart())
    return this.#server.connectionString
  }

  async #restart(): Promise<void> {
    if (this.#isStopping) return
    console.log('! Postgres ended: starting it again')
    await this.start().catch((error: unknown) => {
      console.error(`! Postgres does not start: ${(error as Error).message}`)
      setTimeout(() => void this.#restart(), 2_000).unref()
    })
  }

  async stop(): Promise<void> {
    this.#isStopping = true
    await this.#server?.stop()
  }
}
