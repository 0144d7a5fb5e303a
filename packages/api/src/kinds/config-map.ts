import type { Namespaced } from '@quarterdeck/api-machinery'

import type { V1ConfigMap } from '../generated/types.ts'
import { defineKind } from '../kind.ts'

export type ConfigMap = Namespaced<V1ConfigMap>

export const configMaps = defineKind<ConfigMap>({
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  scope: 'Namespaced',
  model: 'V1ConfigMap',
  shortNames: ['cm'],
})
