import type { Resources } from '@quarterdeck/api'

export interface ResourceWeight {
  name: string
  /** 1…100. */
  weight: number
}

export const cpuAndMemory: readonly ResourceWeight[] = [
  { name: 'cpu', weight: 1 },
  { name: 'memory', weight: 1 },
]

/** Whether a resource counts only for Pods that request it: anything but the usual three. */
export const isSpecial = (name: string): boolean => name !== 'cpu' && name !== 'memory' && name !== 'ephemeral-storage'

export function amountOf(resources: Resources, name: string): number {
  switch (name) {
    case 'cpu':
      return resources.milliCpu
    case 'memory':
      return resources.memoryBytes
    case 'ephemeral-storage':
      return resources.ephemeralStorageBytes
    default:
      return resources.scalar?.get(name) ?? 0
  }
}
