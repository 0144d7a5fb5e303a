import type { NodeInfo } from './node-info.ts'
import type { PodInfo } from './pod-info.ts'
import { matchesPod, type NamespaceLabels, type PodMatcher } from './pod-matcher.ts'

/** What to count: Pods that match, on nodes that take part, by the value of a label of their node. */
export interface TallySpec {
  /** All must match; there is at least one. */
  readonly matchers: readonly [PodMatcher, ...PodMatcher[]]
  readonly topologyKey: string
  readonly countsTerminating: boolean
  /** Nodes that take part, besides having the label; absent: all. The id says the same as the function. */
  readonly nodes?: { readonly id: string; readonly includes: (node: NodeInfo) => boolean }
}

export const tallyId = ({ matchers, topologyKey, countsTerminating, nodes }: TallySpec): string =>
  `${topologyKey}\n${countsTerminating}\n${nodes?.id ?? ''}\n${matchers.map(({ id }) => id).join('\n')}`

interface Domain {
  nodes: number
  pods: number
}

/** Pods by topology domain, kept up to date with every change instead of being counted for every Pod to place. */
export class Tally {
  readonly id: string
  readonly matcher: PodMatcher
  readonly #spec: TallySpec
  readonly #labelsOf: NamespaceLabels
  readonly #domains = new Map<string, Domain>()
  /** How many domains have a given number of Pods: the minimum without a look at each. */
  readonly #domainsByPods = new Map<number, number>()
  #total = 0

  constructor(spec: TallySpec, labelsOf: NamespaceLabels) {
    this.id = tallyId(spec)
    this.matcher = spec.matchers[0]
    this.#spec = spec
    this.#labelsOf = labelsOf
  }

  /** Whether it must be counted anew when labels of namespaces change. */
  get dependsOnNamespaces(): boolean {
    return this.#spec.matchers.some(({ namespaceRequirements }) => namespaceRequirements)
  }

  /** Pods in all domains. */
  get total(): number {
    return this.#total
  }

  get domainCount(): number {
    return this.#domains.size
  }

  /** Pods in a domain; undefined if no node that takes part is in it. */
  podsIn(value: string): number | undefined {
    return this.#domains.get(value)?.pods
  }

  domains(): Iterable<readonly [string, { readonly pods: number }]> {
    return this.#domains
  }

  /** The smallest number of Pods in any domain; 0 without domains. */
  get fewest(): number {
    let fewest = Infinity
    for (const pods of this.#domainsByPods.keys()) if (pods < fewest) fewest = pods
    return fewest === Infinity ? 0 : fewest
  }

  counts(pod: PodInfo): boolean {
    if (!this.#spec.countsTerminating && pod.isTerminating) return false
    for (const matcher of this.#spec.matchers) if (!matchesPod(matcher, pod, this.#labelsOf)) return false
    return true
  }

  /** The domain of a node that takes part. */
  domainOf(node: NodeInfo): string | undefined {
    const value = node.labels[this.#spec.topologyKey]
    return value !== undefined && (this.#spec.nodes?.includes(node) ?? true) ? value : undefined
  }

  addNode(node: NodeInfo): void {
    const value = this.domainOf(node)
    if (value === undefined) return
    const domain = this.#domains.get(value)
    if (domain) return void domain.nodes++
    this.#domains.set(value, { nodes: 1, pods: 0 })
    this.#move(undefined, 0)
  }

  /** The node's Pods were removed before. */
  removeNode(node: NodeInfo): void {
    const value = this.domainOf(node)
    const domain = value === undefined ? undefined : this.#domains.get(value)
    if (!domain || --domain.nodes > 0) return
    this.#domains.delete(value!)
    this.#move(domain.pods, undefined)
    this.#total -= domain.pods
  }

  /** A Pod that `counts` came to the node or, with -1, left it. */
  addPod(node: NodeInfo, sign: 1 | -1): void {
    const value = this.domainOf(node)
    const domain = value === undefined ? undefined : this.#domains.get(value)
    if (!domain) return
    this.#move(domain.pods, domain.pods + sign)
    domain.pods += sign
    this.#total += sign
  }

  #move(from: number | undefined, to: number | undefined): void {
    if (from !== undefined) {
      const left = (this.#domainsByPods.get(from) ?? 0) - 1
      if (left > 0) this.#domainsByPods.set(from, left)
      else this.#domainsByPods.delete(from)
    }
    if (to !== undefined) this.#domainsByPods.set(to, (this.#domainsByPods.get(to) ?? 0) + 1)
  }
}
