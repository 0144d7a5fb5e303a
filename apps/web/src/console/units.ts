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
