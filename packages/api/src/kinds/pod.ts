import type { Namespaced } from '@quarterdeck/api-machinery'

import type { V1Pod } from '../generated/types.ts'
import { defineKind } from '../kind.ts'

export type Pod = Namespaced<V1Pod, 'spec' | 'status'>

export const pods = defineKind<Pod>({
  group: '',
  version: 'v1',
  kind: 'Pod',
  plural: 'pods',
  scope: 'Namespaced',
  model: 'V1Pod',
  shortNames: ['po'],
  categories: ['all'],
  hasStatus: true,
  hasGeneration: true,
})
