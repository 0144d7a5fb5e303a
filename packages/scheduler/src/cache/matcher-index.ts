import { matchesPod, type Matchable, type NamespaceLabels, type PodMatcher } from './pod-matcher.ts'

const anyNamespace = '*'

/**
 * Finds among many matchers those that match a Pod, without asking each: a matcher is filed under one label that it requires (or
 * under none), in each of its namespaces.
 */
export class MatcherIndex<T extends { readonly matcher: PodMatcher }> {
  readonly #buckets = new Map<string, Set<T>>()
  readonly #labelsOf: NamespaceLabels
  #size = 0
  /** How many are filed under every namespace: mostly none, and then nobody looks there. */
  #wide = 0

  constructor(labelsOf: NamespaceLabels) {
    this.#labelsOf = labelsOf
  }

  get size(): number {
    return this.#size
  }

  add(item: T): void {
    for (const key of keysOf(item.matcher)) {
      const bucket = this.#buckets.get(key)
      if (bucket) bucket.add(item)
      else this.#buckets.set(key, new Set([item]))
    }
    this.#size++
    if (item.matcher.namespaceRequirements) this.#wide++
  }

  delete(item: T): void {
    let found = false
    for (const key of keysOf(item.matcher)) {
      const bucket = this.#buckets.get(key)
      if (bucket?.delete(item)) found = true
      if (bucket?.size === 0) this.#buckets.delete(key)
    }
    if (!found) return
    this.#size--
    if (item.matcher.namespaceRequirements) this.#wide--
  }

  /** Calls back with every matcher that matches. */
  visit(pod: Matchable, callback: (item: T) => void): void {
    if (this.#size === 0) return
    this.#visitIn(pod.namespace, pod, callback)
    if (this.#wide > 0) this.#visitIn(anyNamespace, pod, callback)
  }

  #visitIn(namespace: string, pod: Matchable, callback: (item: T) => void): void {
    this.#visitBucket(namespace, pod, callback)
    for (const key in pod.labels) this.#visitBucket(`${namespace}\n${key}\n${pod.labels[key]}`, pod, callback)
  }

  #visitBucket(key: string, pod: Matchable, callback: (item: T) => void): void {
    const bucket = this.#buckets.get(key)
    if (!bucket) return
    for (const item of bucket) if (matchesPod(item.matcher, pod, this.#labelsOf)) callback(item)
  }
}

function keysOf({ namespaces, namespaceRequirements, requirements }: PodMatcher): string[] {
  if (!requirements) return []
  const filedUnder = namespaceRequirements ? [anyNamespace] : [...namespaces]
  const label = requirements.find(({ operator }) => operator === 'In')
  return filedUnder.flatMap((namespace) =>
    label ? [...new Set(label.values)].map((value) => `${namespace}\n${label.key}\n${value}`) : [namespace],
  )
}
