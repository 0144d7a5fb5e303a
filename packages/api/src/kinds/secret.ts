import type { Namespaced } from '@quarterdeck/api-machinery'

import type { V1Secret } from '../generated/types.ts'
import { defineKind } from '../kind.ts'

export type Secret = Namespaced<V1Secret>

export const secrets = defineKind<Secret>({
  group: '',
  version: 'v1',
  kind: 'Secret',
  plural: 'secrets',
  scope: 'Namespaced',
  model: 'V1Secret',
})
