import type { V1ResourceSliceSpec } from '../generated/types.ts'

/** Leaves out what Kubernetes 1.36 has behind gates that are closed: lists as attributes (KEP-5491) and devices that are part of a node's own resources. */
export function dropUnservedFields({ devices = [] }: V1ResourceSliceSpec): void {
  for (const device of devices) {
    delete device.nodeAllocatableResourceMappings
    for (const attribute of Object.values(device.attributes ?? {}))
      for (const list of ['bools', 'ints', 'strings', 'versions'] as const) delete attribute[list]
  }
}
