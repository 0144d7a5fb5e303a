import type { Namespaced } from '@quarterdeck/api-machinery'

import type { V1Lease } from '../generated/types.ts'
import { defineKind } from '../kind.ts'

export type Lease = Namespaced<V1Lease, 'spec'>

export const leases = defineKind<Lease>({
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  scope: 'Namespaced',
  model: 'V1Lease',
  history: 'none',
})
