import type { V1Container, V1EphemeralContainer, V1PodSpec } from '../generated/types.ts'

export interface PlacedContainer {
  container: V1Container | V1EphemeralContainer
  /** Where it stands: `spec.initContainers[0]`. */
  path: string
}

/** All containers of a pod spec that stands at `field`: init, regular and ephemeral ones. */
export function containersOf(spec: V1PodSpec, field: string): PlacedContainer[] {
  return (['initContainers', 'containers', 'ephemeralContainers'] as const).flatMap((list) =>
    (spec[list] ?? []).map((container, i) => ({ container, path: `${field}.${list}[${i}]` })),
  )
}
