import type { NodeInfo } from './node-info.ts'

const mostKeys = 32
const nobody: ReadonlySet<NodeInfo> = new Set()

/** Nodes by the value of a label, for the labels that someone asked for. */
export class NodeLabelIndex {
  readonly #nodes: () => readonly NodeInfo[]
  readonly #keys = new Map<string, Map<string, Set<NodeInfo>>>()

  constructor(nodes: () => readonly NodeInfo[]) {
    this.#nodes = nodes
  }

  get(key: string, value: string): ReadonlySet<NodeInfo> {
    return this.#of(key).get(value) ?? nobody
  }

  add(node: NodeInfo): void {
    for (const [key, values] of this.#keys) addTo(values, node.labels[key], node)
  }

  /** Must be called while the node still has the labels it was added with. */
  remove(node: NodeInfo): void {
    for (const [key, values] of this.#keys) {
      const value = node.labels[key]
      if (value === undefined) continue
      const found = values.get(value)
      found?.delete(node)
      if (found?.size === 0) values.delete(value)
    }
  }

  #of(key: string): Map<string, Set<NodeInfo>> {
    const known = this.#keys.get(key)
    if (known) return known
    if (this.#keys.size >= mostKeys) this.#keys.delete(this.#keys.keys().next().value!)
    const values = new Map<string, Set<NodeInfo>>()
    for (const node of this.#nodes()) addTo(values, node.labels[key], node)
    this.#keys.set(key, values)
    return values
  }
}

function addTo(values: Map<string, Set<NodeInfo>>, value: string | undefined, node: NodeInfo): void {
  if (value === undefined) return
  const found = values.get(value)
  if (found) found.add(node)
  else values.set(value, new Set([node]))
}
