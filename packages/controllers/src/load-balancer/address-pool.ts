import { parseCidr } from '../node-ipam/cidr.ts'

interface Range {
  first: number
  last: number
}

/**
 * Addresses that load balancers may have, and who has which. Given as ranges and networks, separated by commas:
 * `192.0.2.240-192.0.2.250,198.51.100.0/28`. Throws Error for text that is neither.
 */
export class AddressPool {
  readonly #ranges: readonly Range[]
  readonly #holders = new Map<string, string>()

  constructor(text: string) {
    this.#ranges = text.split(',').flatMap((part) => (part.trim() === '' ? [] : [rangeOf(part.trim())]))
  }

  has(address: string): boolean {
    const number = numberOf(address)
    return number !== undefined && this.#ranges.some(({ first, last }) => number >= first && number <= last)
  }

  /** False if it is not of the pool, or somebody else's. */
  hold(address: string, holder: string): boolean {
    const current = this.#holders.get(address)
    if (!this.has(address) || (current !== undefined && current !== holder)) return false
    this.#holders.set(address, holder)
    return true
  }

  /** The lowest address that nobody has; undefined if all are held. */
  allocate(holder: string): string | undefined {
    for (const { first, last } of this.#ranges)
      for (let number = first; number <= last; number++) {
        const address = textOf(number)
        if (!this.#holders.has(address)) {
          this.#holders.set(address, holder)
          return address
        }
      }
    return undefined
  }

  heldBy(holder: string): string | undefined {
    for (const [address, current] of this.#holders) if (current === holder) return address
    return undefined
  }

  release(holder: string): void {
    for (const [address, current] of this.#holders) if (current === holder) this.#holders.delete(address)
  }
}

/** Of a network whose first and last address mean the network itself and all of it, neither is given out. */
function rangeOf(text: string): Range {
  const [from = '', to] = text.split('-')
  if (to !== undefined) {
    const [first, last] = [numberOf(from.trim()), numberOf(to.trim())]
    if (first === undefined || last === undefined || first > last) throw new Error(`not a range of IPv4 addresses: ${JSON.stringify(text)}`)
    return { first, last }
  }
  if (!text.includes('/')) return rangeOf(`${text}-${text}`)
  const { base, prefixLength } = parseCidr(text)
  const size = 2 ** (32 - prefixLength)
  return prefixLength < 31 ? { first: base + 1, last: base + size - 2 } : { first: base, last: base + size - 1 }
}

function numberOf(address: string): number | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(address)?.slice(1).map(Number)
  if (!parts || parts.some((part) => part > 255)) return undefined
  return parts.reduce((sum, part) => sum * 256 + part, 0)
}

const textOf = (number: number): string => [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.')
