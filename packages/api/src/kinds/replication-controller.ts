import type { Namespaced } from '@quarterdeck/api-machinery'

import type { V1ReplicationController } from '../generated/types.ts'
import { defineKind } from '../kind.ts'

export type ReplicationController = Namespaced<V1ReplicationController, 'spec' | 'status'>

export const replicationControllers = defineKind<ReplicationController>({
  group: '',
  version: 'v1',
  kind: 'ReplicationController',
  plural: 'replicationcontrollers',
  scope: 'Namespaced',
  model: 'V1ReplicationController',
  shortNames: ['rc'],
  categories: ['all'],
  hasStatus: true,
  hasGeneration: true,
})
