import { readFile, statfs } from 'node:fs/promises'

export type Pressure = 'MemoryPressure' | 'DiskPressure' | 'PIDPressure'

/** What a machine has left. Shares are of the whole; a part that cannot be read is absent. */
export interface Spare {
  /** Bytes that can be had without swapping. */
  memoryBytes?: number
  /** Of the scarcest of the disks and their inodes. */
  diskShare?: number
  inodeShare?: number
  processShare?: number
}

/** As the kubelet's: memory.available<100Mi. */
const leastMemoryBytes = 100 * 2 ** 20
/** Below the kubelet's 10 and 15%: a machine that people work on is often fuller than that. */
const leastDiskShare = 0.05
const leastInodeShare = 0.05
const leastProcessShare = 0.05
/** A pressure that is gone is believed to be when it stayed away for so long (eviction-pressure-transition-period). */
const transitionMs = 300_000

/** Asks the kernel. `paths` are on the disks of pods and of images; those that are not on this machine do not count. */
export async function readSpare(paths: readonly string[]): Promise<Spare> {
  const [memory, disks, processShare] = await Promise.all([
    readFile('/proc/meminfo', 'utf8').catch(() => ''),
    Promise.all(paths.map((path) => statfs(path).catch(() => undefined))),
    readProcessShare().catch(() => undefined),
  ])
  const found = disks.filter((disk) => disk !== undefined)
  const available = /^MemAvailable:\s+(\d+) kB/m.exec(memory)?.[1]
  return {
    ...(available ? { memoryBytes: Number(available) * 1024 } : {}),
    ...least(
      'diskShare',
      found.map((disk) => disk.bavail / disk.blocks),
    ),
    // Some file systems count no inodes.
    ...least(
      'inodeShare',
      found.filter((disk) => disk.files > 0).map((disk) => disk.ffree / disk.files),
    ),
    ...(processShare === undefined ? {} : { processShare }),
  }
}

const least = (name: 'diskShare' | 'inodeShare', shares: readonly number[]): Spare =>
  shares.length > 0 ? { [name]: Math.min(...shares) } : {}

async function readProcessShare(): Promise<number> {
  const read = async (path: string): Promise<number> => Number(await readFile(path, 'utf8'))
  const [most, mostThreads] = await Promise.all([read('/proc/sys/kernel/pid_max'), read('/proc/sys/kernel/threads-max')])
  const running = Number((await readFile('/proc/loadavg', 'utf8')).split(' ')[3]?.split('/')[1])
  return 1 - running / Math.min(most, mostThreads)
}

function pressuresNow({ memoryBytes = Infinity, diskShare = 1, inodeShare = 1, processShare = 1 }: Spare): Pressure[] {
  return [
    ...(memoryBytes < leastMemoryBytes ? (['MemoryPressure'] as const) : []),
    ...(diskShare < leastDiskShare || inodeShare < leastInodeShare ? (['DiskPressure'] as const) : []),
    ...(processShare < leastProcessShare ? (['PIDPressure'] as const) : []),
  ]
}

/** The pressures a node is under, as its conditions tell them. */
export class Pressures {
  readonly #seenAtMs = new Map<Pressure, number>()

  /** After another look at the machine. */
  observe(spare: Spare, nowMs: number): ReadonlySet<Pressure> {
    for (const pressure of pressuresNow(spare)) this.#seenAtMs.set(pressure, nowMs)
    for (const [pressure, seenAtMs] of this.#seenAtMs) if (nowMs - seenAtMs >= transitionMs) this.#seenAtMs.delete(pressure)
    return new Set(this.#seenAtMs.keys())
  }
}
