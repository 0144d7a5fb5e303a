import type { Namespaced } from '@quarterdeck/api-machinery'

import type { V1ConfigMap } from '../generated/types.ts'
import { ageColumn, defineKind, nameColumn } from '../kind.ts'
import { validateConfigMap, validateConfigMapUpdate } from '../validation/config-map.ts'

export type ConfigMap = Namespaced<V1ConfigMap>

export const configMaps = defineKind<ConfigMap>({
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  scope: 'Namespaced',
  model: 'V1ConfigMap',
  shortNames: ['cm'],
  columns: [
    nameColumn,
    {
      name: 'Data',
      type: 'integer',
      description: 'Number of keys.',
      priority: 0,
      value: (o) => Object.keys(o.data ?? {}).length + Object.keys(o.binaryData ?? {}).length,
    },
    ageColumn,
  ],
  validate: validateConfigMap,
  validateUpdate: validateConfigMapUpdate,
})
