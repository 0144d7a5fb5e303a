import type { ClusterScoped } from '@quarterdeck/api-machinery'

import type { V1Node } from '../generated/types.ts'
import { defineKind } from '../kind.ts'

export type Node = ClusterScoped<V1Node, 'spec' | 'status'>

export const nodes = defineKind<Node>({
  group: '',
  version: 'v1',
  kind: 'Node',
  plural: 'nodes',
  scope: 'Cluster',
  model: 'V1Node',
  shortNames: ['no'],
  hasStatus: true,
})
