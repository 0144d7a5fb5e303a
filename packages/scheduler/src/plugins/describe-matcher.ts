import { formatLabelSelector } from '@quarterdeck/api-machinery'

import type { PodMatcher } from '../cache/pod-matcher.ts'

/** As kubectl writes selectors: `app=web,tier in (a,b)`. */
export function describeMatcher({ requirements }: PodMatcher): string {
  if (!requirements) return 'no labels at all'
  if (requirements.length === 0) return 'any labels'
  return formatLabelSelector({
    matchExpressions: requirements.map(({ key, operator, values }) => ({ key, operator, values: [...values] })),
  })
}
