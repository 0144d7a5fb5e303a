import type { Namespaced } from '@quarterdeck/api-machinery'

import type { V1Endpoints } from '../generated/types.ts'
import { defineKind } from '../kind.ts'

export type Endpoints = Namespaced<V1Endpoints>

export const endpoints = defineKind<Endpoints>({
  group: '',
  version: 'v1',
  kind: 'Endpoints',
  plural: 'endpoints',
  scope: 'Namespaced',
  model: 'V1Endpoints',
  shortNames: ['ep'],
})
