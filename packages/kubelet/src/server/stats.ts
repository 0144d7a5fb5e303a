import type { Pod } from '@quarterdeck/api'
import { type Cache, type Clock } from '@quarterdeck/controller-runtime'
import type { ContainerRuntime, ContainerStats } from '@quarterdeck/runtime'

/** The part of the kubelet's stats/v1alpha1 Summary that is served. */
export interface Usage {
  time: string
  /** The rate is unknown until there is a sample before. */
  cpu: { usageNanoCores: number | undefined; usageCoreNanoSeconds: number }
  memory: { workingSetBytes: number; usageBytes: number }
}

export interface StatsSummary {
  node: { nodeName: string } & Pick<Usage, 'cpu' | 'memory'>
  pods: {
    podRef: { name: string; namespace: string; uid: string }
    containers: ({ name: string } & Omit<Usage, 'time'>)[]
    cpu: Usage['cpu']
    memory: Usage['memory']
  }[]
}

/** Rates come from the sample before: a sample this young is given again instead of taking another. */
const freshMs = 5_000
const maxParallel = 16

/** Measures the running containers of this node when asked to. */
export class StatsCollector {
  readonly #runtime: ContainerRuntime
  readonly #pods: Cache<Pod>
  readonly #clock: Clock
  readonly #nodeName: string
  #samples = new Map<string, ContainerStats>()
  #summary: { atMs: number; value: Promise<StatsSummary> } | undefined

  constructor(options: { runtime: ContainerRuntime; pods: Cache<Pod>; clock: Clock; nodeName: string }) {
    this.#runtime = options.runtime
    this.#pods = options.pods
    this.#clock = options.clock
    this.#nodeName = options.nodeName
  }

  summary(): Promise<StatsSummary> {
    const now = this.#clock.now()
    if (this.#summary && now - this.#summary.atMs < freshMs) return this.#summary.value
    const value = this.#measure()
    this.#summary = { atMs: now, value }
    value.catch(() => {
      this.#summary = undefined
    })
    return value
  }

  async #measure(): Promise<StatsSummary> {
    const known = new Set(this.#pods.list().map((pod) => pod.metadata.uid))
    const running = (await this.#runtime.listContainers()).filter((found) => found.state === 'running' && known.has(found.pod.uid))
    const samples = new Map<string, ContainerStats>()
    const waiting = [...running]
    const measureNext = async (): Promise<void> => {
      for (let found = waiting.pop(); found; found = waiting.pop()) {
        const sample = await this.#runtime.stats(found.id).catch(() => undefined) // it ended meanwhile
        if (sample) samples.set(found.id, sample)
      }
    }
    await Promise.all(Array.from({ length: maxParallel }, measureNext))
    const byPod = new Map<string, StatsSummary['pods'][number]>()
    for (const found of running) {
      const sample = samples.get(found.id)
      if (!sample) continue
      const { namespace, name, uid } = found.pod
      const pod = byPod.get(uid) ?? { podRef: { name, namespace, uid }, containers: [], ...none() }
      const usage = usageOf(sample, this.#samples.get(found.id))
      pod.containers.push({ name: found.name, ...usage })
      add(pod, usage)
      byPod.set(uid, pod)
    }
    this.#samples = samples
    const node = { nodeName: this.#nodeName, ...none() }
    for (const pod of byPod.values()) add(node, pod)
    return { node, pods: [...byPod.values()] }
  }
}

const none = (): Pick<Usage, 'cpu' | 'memory'> => ({
  cpu: { usageNanoCores: 0, usageCoreNanoSeconds: 0 },
  memory: { workingSetBytes: 0, usageBytes: 0 },
})

function usageOf(sample: ContainerStats, before: ContainerStats | undefined): Pick<Usage, 'cpu' | 'memory'> {
  const elapsedMs = before ? sample.timeMs - before.timeMs : 0
  const usedNanoseconds = before ? Math.max(0, sample.cpuNanoseconds - before.cpuNanoseconds) : 0
  return {
    cpu: {
      usageNanoCores: elapsedMs > 0 ? Math.round((usedNanoseconds / elapsedMs) * 1000) : undefined,
      usageCoreNanoSeconds: sample.cpuNanoseconds,
    },
    memory: { workingSetBytes: sample.memoryWorkingSetBytes, usageBytes: sample.memoryUsageBytes },
  }
}

function add(sum: Pick<Usage, 'cpu' | 'memory'>, part: Pick<Usage, 'cpu' | 'memory'>): void {
  sum.cpu.usageNanoCores = (sum.cpu.usageNanoCores ?? 0) + (part.cpu.usageNanoCores ?? 0)
  sum.cpu.usageCoreNanoSeconds += part.cpu.usageCoreNanoSeconds
  sum.memory.workingSetBytes += part.memory.workingSetBytes
  sum.memory.usageBytes += part.memory.usageBytes
}
