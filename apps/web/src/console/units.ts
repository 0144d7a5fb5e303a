const binaryUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']

/** Bytes in the largest unit that keeps a digit before the point. */
export function bytesText(bytes: number): string {
  if (bytes <= 0) return '0 B'
  const power = Math.min(binaryUnits.length - 1, Math.floor(Math.log2(bytes) / 10))
  const value = bytes / 1024 ** power
  return `${value >= 100 || power === 0 ? Math.round(value) : Number(value.toFixed(1))} ${binaryUnits[power]}`
}

/** Thousandths of a core as cores. */
export function coresText(millis: number): string {
  return String(Number((millis / 1000).toFixed(millis < 10_000 ? 2 : 1)))
}

const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
}

/** A quantity as a number, for drawing; 0 for what is none. */
export function numberOf(quantity: string): number {
  const match = /^([+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)([A-Za-z]*)$/.exec(quantity)
  return match ? Number(match[1]) * (match[2] ? (factors[match[2]] ?? 0) : 1) : 0
}
