import type { ContainerStats } from '@quarterdeck/runtime'
import type Docker from 'dockerode'

import { call } from './engine.ts'

interface RawStats {
  read: string
  cpu_stats: { cpu_usage: { total_usage?: number } }
  memory_stats: { usage?: number; stats?: Record<string, number> }
}

/** One sample, without the second that the engine otherwise waits to have two. */
export async function containerStats(docker: Docker, id: string): Promise<ContainerStats> {
  const raw = (await call(`measuring container ${id}`, () =>
    docker.getContainer(id).stats({ stream: false, 'one-shot': true } as { stream: false }),
  )) as unknown as RawStats
  const usage = raw.memory_stats.usage ?? 0
  // cgroup v1 says total_inactive_file, v2 inactive_file.
  const inactive = raw.memory_stats.stats?.['total_inactive_file'] ?? raw.memory_stats.stats?.['inactive_file'] ?? 0
  return {
    timeMs: Date.parse(raw.read),
    cpuNanoseconds: raw.cpu_stats.cpu_usage.total_usage ?? 0,
    memoryUsageBytes: usage,
    memoryWorkingSetBytes: Math.max(0, usage - inactive),
  }
}
