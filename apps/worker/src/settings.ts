import { networkSetting, numberSetting, requiredSetting, setting, SettingError } from '@quarterdeck/process'
import type { LogLevel } from '@quarterdeck/controller-runtime'
import { AddressPool } from '@quarterdeck/controllers'

export interface WorkerSettings {
  databaseUrl: string
  serviceCidr: string
  /** Range of all Pod addresses. */
  clusterCidr: string
  /** Prefix length of a node's share of it. */
  nodePrefixLength: number
  /** Silence after which a node counts as unreachable. */
  nodeGraceMs: number
  /** Port of metrics, health and verdicts; 0: any free one. */
  statusPort: number
  /** Addresses for load balancers: ranges and networks, separated by commas. */
  loadBalancerPool: string
  /** How long the history of objects is kept. */
  historyDays: number
  /** How long another worker waits for a silent leader before it takes over. */
  leaseSeconds: number
  /** File with a KubeSchedulerConfiguration; absent: the default profile. */
  schedulerConfigPath: string | undefined
  /** Of this process among the workers; absent: one of its own making. */
  identity: string | undefined
  logLevel: LogLevel
}

/** The only place that reads the worker's environment. Throws SettingError. */
export function readSettings(): WorkerSettings {
  return {
    databaseUrl: requiredSetting('DATABASE_URL', 'the Postgres database that holds the cluster'),
    serviceCidr: networkSetting('QUARTERDECK_SERVICE_CIDR') ?? '10.96.0.0/16',
    clusterCidr: networkSetting('QUARTERDECK_CLUSTER_CIDR') ?? '10.244.0.0/16',
    nodePrefixLength: numberSetting('QUARTERDECK_NODE_CIDR_PREFIX', 24),
    nodeGraceMs: numberSetting('QUARTERDECK_NODE_GRACE_SECONDS', 50) * 1000,
    statusPort: numberSetting('QUARTERDECK_WORKER_PORT', 0),
    loadBalancerPool: poolOf(setting('QUARTERDECK_LOAD_BALANCER_POOL') ?? ''),
    historyDays: numberSetting('QUARTERDECK_HISTORY_DAYS', 7),
    leaseSeconds: Math.max(1, numberSetting('QUARTERDECK_LEASE_SECONDS', 15)),
    schedulerConfigPath: setting('QUARTERDECK_SCHEDULER_CONFIG'),
    identity: setting('QUARTERDECK_WORKER_IDENTITY'),
    logLevel: logLevelOf(setting('QUARTERDECK_LOG_LEVEL') ?? 'info'),
  }
}

function poolOf(text: string): string {
  try {
    new AddressPool(text)
    return text
  } catch (error) {
    throw new SettingError(`QUARTERDECK_LOAD_BALANCER_POOL: ${(error as Error).message}`)
  }
}

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']

function logLevelOf(text: string): LogLevel {
  const level = levels.find((known) => known === text)
  if (!level) throw new SettingError(`QUARTERDECK_LOG_LEVEL must be one of ${levels.join(', ')}, not ${JSON.stringify(text)}`)
  return level
}
