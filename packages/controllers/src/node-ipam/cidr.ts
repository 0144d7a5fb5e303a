/** An IPv4 range: `10.244.0.0/16`. */
export interface Cidr {
  /** Unsigned 32-bit number of the first address. */
  base: number
  prefixLength: number
}

export function parseCidr(text: string): Cidr {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text)
  const parts = match?.slice(1).map(Number) ?? []
  const [a = 256, b = 256, c = 256, d = 256, prefixLength = 33] = parts
  if ([a, b, c, d].some((byte) => byte > 255) || prefixLength > 32) throw new Error(`not an IPv4 range: "${text}"`)
  const address = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0
  const mask = prefixLength === 0 ? 0 : (0xffffffff << (32 - prefixLength)) >>> 0
  return { base: (address & mask) >>> 0, prefixLength }
}

export function formatCidr({ base, prefixLength }: Cidr): string {
  return `${base >>> 24}.${(base >>> 16) & 255}.${(base >>> 8) & 255}.${base & 255}/${prefixLength}`
}
