import type { Namespaced } from '@quarterdeck/api-machinery'

import type { V1LimitRange } from '../generated/types.ts'
import { defineKind, nameColumn } from '../kind.ts'
import { validateLimitRange } from '../validation/limit-range.ts'

export type LimitRange = Namespaced<V1LimitRange>

export const limitRanges = defineKind<LimitRange>({
  group: '',
  version: 'v1',
  kind: 'LimitRange',
  plural: 'limitranges',
  scope: 'Namespaced',
  model: 'V1LimitRange',
  shortNames: ['limits'],
  columns: [
    nameColumn,
    { name: 'Created At', type: 'string', description: 'When it was created.', priority: 0, value: (o) => o.metadata.creationTimestamp },
  ],
  /** Of containers: a limit is at most the maximum, a request as much as the limit, or else the minimum. */
  applyDefaults({ spec }) {
    for (const limit of spec?.limits ?? []) {
      if (limit.type !== 'Container') continue
      limit.default = { ...limit.max, ...limit.default }
      limit.defaultRequest = { ...limit.min, ...limit.default, ...limit.defaultRequest }
    }
  },
  validate: validateLimitRange,
})
