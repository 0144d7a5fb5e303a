import type { Namespaced } from '@quarterdeck/api-machinery'

import type { V1Secret } from '../generated/types.ts'
import { ageColumn, defineKind, nameColumn } from '../kind.ts'
import { validateSecret, validateSecretUpdate } from '../validation/secret.ts'

export type Secret = Namespaced<V1Secret>

export const secrets = defineKind<Secret>({
  group: '',
  version: 'v1',
  kind: 'Secret',
  plural: 'secrets',
  scope: 'Namespaced',
  model: 'V1Secret',
  columns: [
    nameColumn,
    { name: 'Type', type: 'string', description: 'What the secret is for.', priority: 0, value: (o) => o.type ?? '' },
    { name: 'Data', type: 'integer', description: 'Number of keys.', priority: 0, value: (o) => Object.keys(o.data ?? {}).length },
    ageColumn,
  ],
  selectableFields: { type: (o) => o.type ?? '' },
  applyDefaults(object) {
    object.type ??= 'Opaque'
    mergeStringData(object)
  },
  validate: validateSecret,
  validateUpdate: validateSecretUpdate,
})

/** stringData is how clients write; it is stored as data and never read back. */
function mergeStringData(object: Secret): void {
  if (!object.stringData) return
  const data = (object.data ??= {})
  for (const [key, value] of Object.entries(object.stringData)) data[key] = Buffer.from(value).toString('base64')
  delete object.stringData
}
