import type { ClusterScoped } from '@quarterdeck/api-machinery'

import type { V1ResourceSlice } from '../generated/types.ts'
import { dropUnservedFields } from '../devices/drop-unserved-fields.ts'
import { ageColumn, defineKind, nameColumn } from '../kind.ts'
import { validateResourceSlice, validateResourceSliceUpdate } from '../validation/resource-slice.ts'

/** Devices of a pool that a driver offers, or a part of them. */
export type ResourceSlice = ClusterScoped<V1ResourceSlice>

export const resourceSlices = defineKind<ResourceSlice>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceSlice',
  plural: 'resourceslices',
  scope: 'Cluster',
  model: 'V1ResourceSlice',
  hasGeneration: true,
  columns: [
    nameColumn,
    { name: 'Node', type: 'string', description: 'The node whose devices they are.', priority: 0, value: (o) => o.spec.nodeName ?? '' },
    { name: 'Driver', type: 'string', description: 'Who offers them.', priority: 0, value: (o) => o.spec.driver ?? '' },
    { name: 'Pool', type: 'string', description: 'The pool they belong to.', priority: 0, value: (o) => o.spec.pool?.name ?? '' },
    ageColumn,
  ],
  selectableFields: { 'spec.nodeName': (o) => o.spec.nodeName ?? '', 'spec.driver': (o) => o.spec.driver ?? '' },
  applyDefaults({ spec }) {
    const taints = (spec?.devices ?? []).flatMap((device) => device.taints ?? [])
    for (const taint of taints) taint.timeAdded ??= `${new Date().toISOString().slice(0, 19)}Z`
  },
  prepareForCreate: ({ spec }) => dropUnservedFields(spec),
  prepareForUpdate: ({ spec }) => dropUnservedFields(spec),
  warnings({ spec }) {
    const { driver } = spec
    return driver === driver.toLowerCase()
      ? []
      : [`spec.driver: driver names should be lowercase; ${JSON.stringify(driver)} contains uppercase characters`]
  },
  validate: validateResourceSlice,
  validateUpdate: validateResourceSliceUpdate,
})
