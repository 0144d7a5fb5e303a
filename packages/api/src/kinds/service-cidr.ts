import type { ClusterScoped } from '@quarterdeck/api-machinery'

import type { V1ServiceCIDR } from '../generated/types.ts'
import { ageColumn, defineKind, nameColumn } from '../kind.ts'
import { validateServiceCidr, validateServiceCidrUpdate } from '../validation/service-cidr.ts'

/** Networks that cluster IPs are given from. */
export type ServiceCIDR = ClusterScoped<V1ServiceCIDR, 'spec' | 'status'>

export const serviceCidrs = defineKind<ServiceCIDR>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'ServiceCIDR',
  plural: 'servicecidrs',
  scope: 'Cluster',
  model: 'V1ServiceCIDR',
  hasStatus: true,
  columns: [
    nameColumn,
    { name: 'CIDRs', type: 'string', description: 'The networks.', priority: 0, value: (o) => (o.spec.cidrs ?? []).join(',') },
    ageColumn,
  ],
  prepareForCreate(object) {
    object.status = {}
  },
  validate: validateServiceCidr,
  validateUpdate: validateServiceCidrUpdate,
})
