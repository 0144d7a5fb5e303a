import type { Namespaced } from '@quarterdeck/api-machinery'

import type { V1ReplicaSet } from '../generated/types.ts'
import { defineKind } from '../kind.ts'

export type ReplicaSet = Namespaced<V1ReplicaSet, 'spec' | 'status'>

export const replicaSets = defineKind<ReplicaSet>({
  group: 'apps',
  version: 'v1',
  kind: 'ReplicaSet',
  plural: 'replicasets',
  scope: 'Namespaced',
  model: 'V1ReplicaSet',
  shortNames: ['rs'],
  categories: ['all'],
  hasStatus: true,
  hasGeneration: true,
})
