import type { Namespaced } from '@quarterdeck/api-machinery'

import { dropDeallocatedDevices } from '../devices/drop-deallocated-devices.ts'
import { applyRequestDefaults } from '../devices/request-defaults.ts'
import type { ResourceV1ResourceClaim } from '../generated/types.ts'
import { ageColumn, defineKind, nameColumn } from '../kind.ts'
import { validateResourceClaim, validateResourceClaimStatusUpdate, validateResourceClaimUpdate } from '../validation/resource-claim.ts'

/** A claim to devices. */
export type ResourceClaim = Namespaced<ResourceV1ResourceClaim, 'status'>

export const resourceClaims = defineKind<ResourceClaim>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceClaim',
  plural: 'resourceclaims',
  scope: 'Namespaced',
  model: 'ResourceV1ResourceClaim',
  hasStatus: true,
  columns: [
    nameColumn,
    { name: 'State', type: 'string', description: 'Whether it has its devices, and whether they are used.', priority: 0, value: stateOf },
    ageColumn,
  ],
  applyDefaults(object) {
    object.status ??= {}
    applyRequestDefaults(object.spec)
  },
  prepareForCreate(object) {
    object.status = {}
  },
  prepareForStatusUpdate: dropDeallocatedDevices,
  validate: validateResourceClaim,
  validateUpdate: validateResourceClaimUpdate,
  validateStatusUpdate: validateResourceClaimStatusUpdate,
})

function stateOf({ metadata, status }: ResourceClaim): string {
  const states: string[] = []
  if (metadata.deletionTimestamp) states.push('deleted')
  if (status?.allocation) states.push('allocated', ...(status.reservedFor?.length ? ['reserved'] : []))
  else if (!metadata.deletionTimestamp) states.push('pending')
  return states.join(',')
}
