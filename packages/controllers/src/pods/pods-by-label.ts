import { pods, type Pod } from '@quarterdeck/api'
import { matchesRequirements, type Labels, type Requirement } from '@quarterdeck/api-machinery'
import { index, type Cache } from '@quarterdeck/controller-runtime'

const byLabel = 'label'
const valueOf = (namespace: string, key: string, value: string): string => `${namespace}/${key}=${value}`

/** For controllers that use podsMatching. */
export const indexPodsByLabel = index(pods, byLabel, ({ metadata: { namespace, labels = {} } }) =>
  Object.entries(labels).map(([key, value]) => valueOf(namespace, key, value)),
)

/** The requirements of a plain label map: none for an absent or empty one, which selects nothing. */
export const requirementsOfMap = (map: Labels = {}): Requirement[] =>
  Object.entries(map).map(([key, value]) => ({ key, operator: 'In', values: [value] }))

/** The Pods of a namespace that fulfil every requirement. Looks only at those that have the rarest of the labels asked for. */
export function podsMatching(cache: Cache<Pod>, namespace: string, requirements: readonly Requirement[]): Pod[] {
  const values = rarest(cache, namespace, requirements)
  const candidates = values ? values.flatMap((value) => cache.byIndex(byLabel, value)) : cache.list(namespace)
  return candidates.filter((pod) => matchesRequirements(requirements, pod.metadata.labels))
}

/** Index values of the requirement that fewest Pods fulfil; undefined if none asks for certain labels. */
function rarest(cache: Cache<Pod>, namespace: string, requirements: readonly Requirement[]): string[] | undefined {
  let best: { values: string[]; count: number } | undefined
  for (const { key, operator, values: wanted } of requirements) {
    if (operator !== 'In') continue
    const values = [...new Set(wanted)].map((value) => valueOf(namespace, key, value))
    const count = values.reduce((sum, value) => sum + cache.countByIndex(byLabel, value), 0)
    if (!best || count < best.count) best = { values, count }
  }
  return best?.values
}
