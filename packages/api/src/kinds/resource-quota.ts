import type { Namespaced } from '@quarterdeck/api-machinery'

import type { V1ResourceQuota } from '../generated/types.ts'
import { ageColumn, defineKind, nameColumn } from '../kind.ts'
import { quotaWarnings } from '../quota/quota-warnings.ts'
import { validateResourceQuota, validateResourceQuotaStatus, validateResourceQuotaUpdate } from '../validation/resource-quota.ts'

export type ResourceQuota = Namespaced<V1ResourceQuota>

function usageText({ status }: ResourceQuota, of: 'limits' | 'the rest'): string {
  return Object.entries(status?.hard ?? {})
    .filter(([name]) => name.startsWith('limits.') === (of === 'limits'))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, hard]) => `${name}: ${status?.used?.[name] ?? '0'}/${hard}`)
    .join(', ')
}

export const resourceQuotas = defineKind<ResourceQuota>({
  group: '',
  version: 'v1',
  kind: 'ResourceQuota',
  plural: 'resourcequotas',
  scope: 'Namespaced',
  model: 'V1ResourceQuota',
  shortNames: ['quota'],
  hasStatus: true,
  columns: [
    nameColumn,
    {
      name: 'Request',
      type: 'string',
      description: 'What is used and allowed of everything but limits.',
      priority: 0,
      value: (o) => usageText(o, 'the rest'),
    },
    {
      name: 'Limit',
      type: 'string',
      description: 'What is used and allowed of the limits of containers.',
      priority: 0,
      value: (o) => usageText(o, 'limits'),
    },
    ageColumn,
  ],
  prepareForCreate(object) {
    object.status = {}
  },
  validate: validateResourceQuota,
  warnings: ({ spec }, old) => (old ? [] : quotaWarnings(spec?.hard ?? {})),
  validateUpdate: validateResourceQuotaUpdate,
  validateStatusUpdate: validateResourceQuotaStatus,
})
