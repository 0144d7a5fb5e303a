import { services, type Service } from '@quarterdeck/api'
import { matchesLabelMap, type Labels } from '@quarterdeck/api-machinery'

import { index } from './controller.ts'
import type { Cache } from './object-cache.ts'

const selectedLabel = 'selected-label'

/** Services, by one of the labels they select: what `servicesSelecting` needs. */
export const indexServicesBySelector = index(services, selectedLabel, ({ metadata: { namespace }, spec: { selector = {} } }) => {
  const [first] = Object.entries(selector)
  return first ? [`${namespace}/${first[0]}=${first[1]}`] : []
})

/** The Services whose selector, which is not empty, matches a Pod's labels. The cost goes with the labels, not with the Services. */
export function servicesSelecting(
  cache: Cache<Service>,
  { namespace, labels = {} }: { namespace: string; labels?: Labels | undefined },
): Service[] {
  const candidates = Object.entries(labels).flatMap(([key, value]) => cache.byIndex(selectedLabel, `${namespace}/${key}=${value}`))
  return candidates.filter(({ spec }) => matchesLabelMap(spec.selector, labels))
}
