import { nodes, nodeUsages, type NodeUsage, type PodUsage } from '@quarterdeck/api'
import { isApiError, timestamp } from '@quarterdeck/api-machinery'
import type { Client } from '@quarterdeck/client'
import { type Clock, type Logger, sleep } from '@quarterdeck/controller-runtime'

import type { StatsCollector, StatsSummary } from '../server/stats.ts'
import { sampleMachine, type MachineSample } from './machine-usage.ts'

const measureEveryMs = 15_000
/** The first figures are rates over this time: somebody may be waiting for them. */
const firstWindowMs = 5_000

export interface UsageReporterOptions {
  client: Client
  stats: StatsCollector
  nodeName: string
  clock: Clock
  log: Logger
  signal: AbortSignal
}

/** Measures the machine and its pods and tells the cluster, until the signal aborts: what autoscalers and `kubectl top` go by. */
export async function reportUsage(options: UsageReporterOptions): Promise<void> {
  const { stats, clock, log, signal } = options
  let before: MachineSample | undefined
  while (!signal.aborted) {
    try {
      const [machine, summary] = await Promise.all([sampleMachine(clock.now()), stats.summary()])
      if (before) await tell(options, usageOf(options.nodeName, { before, machine, summary }))
      before = machine
    } catch (error) {
      if (signal.aborted) return
      log.warn('the use of resources could not be measured or told', { error })
    }
    await sleep(clock, before ? measureEveryMs : firstWindowMs, signal)
  }
}

interface Measured {
  before: MachineSample
  machine: MachineSample
  summary: StatsSummary
}

/** What is told of two samples of the machine and the rates of its containers. Pods of which a container has no rate yet are left out. */
export function usageOf(nodeName: string, { before, machine, summary }: Measured): Omit<NodeUsage, 'apiVersion' | 'kind'> {
  const elapsedMs = Math.max(1, machine.atMs - before.atMs)
  const pods = summary.pods.flatMap(({ podRef, containers }): PodUsage[] => {
    const measured = containers.flatMap(({ name, cpu, memory }) =>
      cpu.usageNanoCores === undefined ? [] : [{ name, usage: quantities(cpu.usageNanoCores, memory.workingSetBytes) }],
    )
    return measured.length === containers.length && measured.length > 0 ? [{ ...podRef, containers: measured }] : []
  })
  return {
    metadata: { name: nodeName } as NodeUsage['metadata'],
    timestamp: timestamp(new Date(machine.atMs)),
    windowSeconds: Math.max(1, Math.round(elapsedMs / 1000)),
    usage: quantities(((machine.busyCpuMs - before.busyCpuMs) / elapsedMs) * 1e9, machine.memoryBytes),
    pods,
  }
}

/** CPU in nanocores and memory in KiB, the units of Kubernetes' metrics server. */
const quantities = (nanoCores: number, bytes: number): Record<string, string> => ({
  cpu: `${Math.max(0, Math.round(nanoCores))}n`,
  memory: `${Math.ceil(bytes / 1024)}Ki`,
})

async function tell({ client, nodeName }: UsageReporterOptions, usage: Omit<NodeUsage, 'apiVersion' | 'kind'>): Promise<void> {
  const key = { namespace: '', name: nodeName }
  try {
    await client.update(nodeUsages, { apiVersion: nodeUsages.apiVersion, kind: nodeUsages.kind, ...usage })
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error
    const { metadata } = await client.get(nodes, key)
    const ownerReferences = [{ apiVersion: 'v1', kind: 'Node', name: nodeName, uid: metadata.uid }]
    await client.create(nodeUsages, { ...usage, metadata: { name: nodeName, ownerReferences } })
  }
}
