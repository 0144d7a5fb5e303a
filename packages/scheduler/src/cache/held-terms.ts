import type { NodeInfo } from './node-info.ts'
import { MatcherIndex } from './matcher-index.ts'
import type { PodInfo } from './pod-info.ts'
import type { NamespaceLabels, PodMatcher } from './pod-matcher.ts'
import type { PodTerm } from './pod-terms.ts'

/** The same term of any number of Pods that are on nodes. */
export interface HeldTerm {
  readonly matcher: PodMatcher
  readonly topologyKey: string
  /** Of a preferred term, negative for anti-affinity; 0 for a required one. */
  readonly weight: number
  /** How many holders there are in each topology domain, by the domain's value. */
  readonly holders: ReadonlyMap<string, number>
}

interface Group extends HeldTerm {
  readonly id: string
  readonly holders: Map<string, number>
}

/** The terms that Pods on nodes hold against (or for) Pods to come, grouped, and found by the Pods they mean. */
export class HeldTerms {
  readonly #requiredAntiAffinity: Groups
  readonly #requiredAffinity: Groups
  readonly #preferred: Groups

  constructor(labelsOf: NamespaceLabels) {
    this.#requiredAntiAffinity = new Groups(labelsOf)
    this.#requiredAffinity = new Groups(labelsOf)
    this.#preferred = new Groups(labelsOf)
  }

  add(pod: PodInfo, node: NodeInfo, sign: 1 | -1): void {
    const { requiredAffinity, requiredAntiAffinity, preferredAffinity, preferredAntiAffinity } = pod.terms
    for (const term of requiredAntiAffinity) this.#requiredAntiAffinity.add(term, 0, node, sign)
    for (const term of requiredAffinity) this.#requiredAffinity.add(term, 0, node, sign)
    for (const term of preferredAffinity) this.#preferred.add(term, term.weight, node, sign)
    for (const term of preferredAntiAffinity) this.#preferred.add(term, -term.weight, node, sign)
  }

  /** Terms of Pods on nodes that keep `pod` out of their domains. */
  against(pod: PodInfo): readonly HeldTerm[] {
    return this.#requiredAntiAffinity.matching(pod)
  }

  /** Required affinity terms of Pods on nodes that mean `pod`. */
  requiring(pod: PodInfo): readonly HeldTerm[] {
    return this.#requiredAffinity.matching(pod)
  }

  /** Preferences of Pods on nodes about `pod`. */
  preferring(pod: PodInfo): readonly HeldTerm[] {
    return this.#preferred.matching(pod)
  }
}

const nothing: readonly HeldTerm[] = []

class Groups {
  readonly #groups = new Map<string, Group>()
  readonly #index: MatcherIndex<Group>

  constructor(labelsOf: NamespaceLabels) {
    this.#index = new MatcherIndex(labelsOf)
  }

  add({ matcher, topologyKey }: PodTerm, weight: number, node: NodeInfo, sign: 1 | -1): void {
    const value = node.labels[topologyKey]
    if (value === undefined) return
    const id = `${weight}\n${topologyKey}\n${matcher.id}`
    let group = this.#groups.get(id)
    if (!group) {
      group = { id, matcher, topologyKey, weight, holders: new Map() }
      this.#groups.set(id, group)
      this.#index.add(group)
    }
    const count = (group.holders.get(value) ?? 0) + sign
    if (count > 0) group.holders.set(value, count)
    else group.holders.delete(value)
    if (group.holders.size > 0) return
    this.#groups.delete(id)
    this.#index.delete(group)
  }

  matching(pod: PodInfo): readonly HeldTerm[] {
    if (this.#index.size === 0) return nothing
    const found: Group[] = []
    this.#index.visit(pod, (group) => found.push(group))
    return found
  }
}
