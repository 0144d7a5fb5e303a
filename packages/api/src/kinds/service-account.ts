import type { Namespaced } from '@quarterdeck/api-machinery'

import type { V1ServiceAccount } from '../generated/types.ts'
import { ageColumn, defineKind, nameColumn } from '../kind.ts'

export type ServiceAccount = Namespaced<V1ServiceAccount>

const mountableSecrets = 'kubernetes.io/enforce-mountable-secrets'

export const serviceAccounts = defineKind<ServiceAccount>({
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  scope: 'Namespaced',
  model: 'V1ServiceAccount',
  shortNames: ['sa'],
  columns: [
    nameColumn,
    { name: 'Secrets', type: 'integer', description: 'Number of secrets it names.', priority: 0, value: (o) => o.secrets?.length ?? 0 },
    ageColumn,
  ],
  warnings: ({ metadata }, old) =>
    metadata.annotations?.[mountableSecrets] === undefined || old?.metadata.annotations?.[mountableSecrets] !== undefined
      ? []
      : [
          `metadata.annotations[${mountableSecrets}]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets`,
        ],
})
