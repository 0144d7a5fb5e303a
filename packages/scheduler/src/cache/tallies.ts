import type { NodeInfo } from './node-info.ts'
import { MatcherIndex } from './matcher-index.ts'
import type { PodInfo } from './pod-info.ts'
import type { NamespaceLabels } from './pod-matcher.ts'
import { Tally, tallyId, type TallySpec } from './tally.ts'

/** Tallies that are kept; the one that nobody asked for longest goes. */
const most = 2048

/** The tallies in use. One is counted once, when first asked for; after that every change of a Pod touches only those it is in. */
export class Tallies {
  readonly #labelsOf: NamespaceLabels
  readonly #nodes: () => readonly NodeInfo[]
  readonly #tallies = new Map<string, Tally>()
  readonly #index: MatcherIndex<Tally>

  constructor(labelsOf: NamespaceLabels, nodes: () => readonly NodeInfo[]) {
    this.#labelsOf = labelsOf
    this.#nodes = nodes
    this.#index = new MatcherIndex(labelsOf)
  }

  of(spec: TallySpec): Tally {
    const id = tallyId(spec)
    const known = this.#tallies.get(id)
    if (known) {
      this.#tallies.delete(id)
      this.#tallies.set(id, known)
      return known
    }
    const tally = this.#count(new Tally(spec, this.#labelsOf))
    this.#tallies.set(id, tally)
    this.#index.add(tally)
    if (this.#tallies.size > most) this.#drop(this.#tallies.values().next().value!)
    return tally
  }

  addPod(pod: PodInfo, node: NodeInfo, sign: 1 | -1): void {
    this.#index.visit(pod, (tally) => {
      if (tally.counts(pod)) tally.addPod(node, sign)
    })
  }

  addNode(node: NodeInfo): void {
    for (const tally of this.#tallies.values()) tally.addNode(node)
  }

  removeNode(node: NodeInfo): void {
    for (const tally of this.#tallies.values()) tally.removeNode(node)
  }

  /** Labels of a namespace changed: what depends on them is counted anew. */
  onNamespaceChange(): void {
    for (const tally of this.#tallies.values()) if (tally.dependsOnNamespaces) this.#drop(tally)
  }

  #count(tally: Tally): Tally {
    for (const node of this.#nodes()) {
      tally.addNode(node)
      if (tally.domainOf(node) === undefined) continue
      for (const pod of node.pods.values()) if (tally.counts(pod)) tally.addPod(node, 1)
    }
    return tally
  }

  #drop(tally: Tally): void {
    this.#tallies.delete(tally.id)
    this.#index.delete(tally)
  }
}
