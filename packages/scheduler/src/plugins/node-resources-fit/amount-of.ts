import type { Resources } from '@quarterdeck/api'

/** An amount by the name that Kubernetes gives the resource; CPU in thousandths. */
export function amountOf(resources: Resources, resource: string): number {
  switch (resource) {
    case 'cpu':
      return resources.milliCpu
    case 'memory':
      return resources.memoryBytes
    case 'ephemeral-storage':
      return resources.ephemeralStorageBytes
    default:
      return resources.scalar?.get(resource) ?? 0
  }
}
