import type { ClusterScoped } from '@quarterdeck/api-machinery'

import type { V1Namespace } from '../generated/types.ts'
import { defineKind } from '../kind.ts'

export type Namespace = ClusterScoped<V1Namespace, 'spec' | 'status'>

export const namespaces = defineKind<Namespace>({
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  scope: 'Cluster',
  model: 'V1Namespace',
  shortNames: ['ns'],
  hasStatus: true,
})
