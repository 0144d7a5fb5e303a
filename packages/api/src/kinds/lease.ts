import type { Namespaced } from '@quarterdeck/api-machinery'

import type { V1Lease } from '../generated/types.ts'
import { ageColumn, defineKind, nameColumn } from '../kind.ts'
import { validateLease } from '../validation/lease.ts'

export type Lease = Namespaced<V1Lease, 'spec'>

/** Renewed every few seconds by every node: its changes are not kept. */
export const leases = defineKind<Lease>({
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  scope: 'Namespaced',
  model: 'V1Lease',
  history: 'none',
  validate: validateLease,
  columns: [
    nameColumn,
    { name: 'Holder', type: 'string', description: 'Who holds the lease.', priority: 0, value: (o) => o.spec?.holderIdentity ?? '' },
    ageColumn,
  ],
})
