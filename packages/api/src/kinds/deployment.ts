import type { Namespaced } from '@quarterdeck/api-machinery'

import type { V1Deployment } from '../generated/types.ts'
import { defineKind } from '../kind.ts'

export type Deployment = Namespaced<V1Deployment, 'spec' | 'status'>

export const deployments = defineKind<Deployment>({
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  scope: 'Namespaced',
  model: 'V1Deployment',
  shortNames: ['deploy'],
  categories: ['all'],
  hasStatus: true,
  hasGeneration: true,
})
