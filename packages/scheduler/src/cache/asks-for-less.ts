import type { PodInfo } from './pod-info.ts'

/** Whether a Pod requests less of anything than it did before. */
export function asksForLess({ requests }: PodInfo, { requests: before }: PodInfo): boolean {
  return (
    requests.milliCpu < before.milliCpu ||
    requests.memoryBytes < before.memoryBytes ||
    requests.ephemeralStorageBytes < before.ephemeralStorageBytes ||
    [...(before.scalar ?? [])].some(([name, amount]) => (requests.scalar?.get(name) ?? 0) < amount)
  )
}
