import { formatCidr, parseCidr, type Cidr } from './cidr.ts'

/** Subnets of equal size, handed out to nodes: the lowest that is free. */
export class SubnetPool {
  readonly #cluster: Cidr
  readonly #prefixLength: number
  readonly #addresses: number
  readonly #count: number
  /** How many nodes use a slot: ranges given by hand may overlap. */
  readonly #users: Uint16Array
  readonly #held = new Map<string, readonly string[]>()
  /** Every slot below is taken. */
  #lowest = 0

  constructor(cluster: Cidr, prefixLength: number) {
    if (prefixLength < cluster.prefixLength || prefixLength > 32)
      throw new Error(`a /${prefixLength} does not fit in ${formatCidr(cluster)}`)
    this.#cluster = cluster
    this.#prefixLength = prefixLength
    this.#addresses = 2 ** (32 - prefixLength)
    this.#count = 2 ** (prefixLength - cluster.prefixLength)
    this.#users = new Uint16Array(this.#count)
  }

  /** Notes which ranges a node has. */
  hold(node: string, ranges: readonly string[]): void {
    if (this.#held.get(node)?.join() === ranges.join()) return
    this.release(node)
    this.#held.set(node, ranges)
    for (const slot of this.#slotsOf(ranges)) this.#users[slot]!++
  }

  release(node: string): void {
    for (const slot of this.#slotsOf(this.#held.get(node) ?? [])) {
      this.#users[slot]!--
      if (this.#users[slot] === 0) this.#lowest = Math.min(this.#lowest, slot)
    }
    this.#held.delete(node)
  }

  /** Holds a free range for the node; undefined if there is none left. */
  allocate(node: string): string | undefined {
    while (this.#lowest < this.#count && this.#users[this.#lowest] !== 0) this.#lowest++
    if (this.#lowest >= this.#count) return undefined
    const range = formatCidr({ base: this.#cluster.base + this.#lowest * this.#addresses, prefixLength: this.#prefixLength })
    this.hold(node, [range])
    return range
  }

  *#slotsOf(ranges: readonly string[]): Iterable<number> {
    for (const text of ranges) {
      // IPv6 ranges come from elsewhere.
      if (text.includes(':')) continue
      const range = parseCidr(text)
      const first = Math.floor((range.base - this.#cluster.base) / this.#addresses)
      const last = Math.floor((range.base + 2 ** (32 - range.prefixLength) - 1 - this.#cluster.base) / this.#addresses)
      for (let slot = Math.max(0, first); slot <= Math.min(this.#count - 1, last); slot++) yield slot
    }
  }
}
