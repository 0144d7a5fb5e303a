import type { Namespaced } from '@quarterdeck/api-machinery'

import type { AuthenticationV1TokenRequest, V1Binding, V1Eviction, V1Scale } from '../generated/types.ts'
import { ageColumn, defineKind, nameColumn, type KindSpec } from '../kind.ts'

/** Kinds that have no path of their own: subresources take them and answer with them. */
export type Scale = Namespaced<V1Scale>
export type Binding = Namespaced<V1Binding>
export type Eviction = Namespaced<V1Eviction>
export type TokenRequest = Namespaced<AuthenticationV1TokenRequest>

const value = { scope: 'Namespaced', plural: '', verbs: [], columns: [] } as const satisfies Partial<KindSpec<Scale>>

export const scales = defineKind<Scale>({
  ...value,
  group: 'autoscaling',
  version: 'v1',
  kind: 'Scale',
  model: 'V1Scale',
  columns: [
    nameColumn,
    { name: 'Desired', type: 'integer', priority: 0, description: 'How many there should be.', value: (o) => o.spec?.replicas ?? 0 },
    { name: 'Available', type: 'integer', priority: 0, description: 'How many there are.', value: (o) => o.status?.replicas ?? 0 },
    ageColumn,
  ],
})
export const bindings = defineKind<Binding>({ ...value, group: '', version: 'v1', kind: 'Binding', model: 'V1Binding' })
export const evictions = defineKind<Eviction>({ ...value, group: 'policy', version: 'v1', kind: 'Eviction', model: 'V1Eviction' })
export const tokenRequests = defineKind<TokenRequest>({
  ...value,
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'TokenRequest',
  model: 'AuthenticationV1TokenRequest',
})
