import { readFile } from 'node:fs/promises'
import { cpus } from 'node:os'

/** What a machine has used so far. */
export interface MachineSample {
  atMs: number
  /** Of all processors together. */
  busyCpuMs: number
  /** Memory that cannot be had back by dropping caches. */
  memoryBytes: number
}

export async function sampleMachine(nowMs: number): Promise<MachineSample> {
  const busyCpuMs = cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0)
  const memory = await readFile('/proc/meminfo', 'utf8')
  const bytes = (field: string): number => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(memory)?.[1] ?? 0) * 1024
  return { atMs: nowMs, busyCpuMs, memoryBytes: Math.max(0, bytes('MemTotal') - bytes('MemAvailable')) }
}
