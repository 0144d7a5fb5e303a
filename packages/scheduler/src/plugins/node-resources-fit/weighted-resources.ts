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
