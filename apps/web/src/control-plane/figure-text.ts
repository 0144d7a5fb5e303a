/** Seconds in the unit that reads best; a dash for what never was. */
export function latencyText(seconds: number | null): string {
  if (seconds === null) return '–'
  if (seconds < 0.001) return `${Math.max(1, Math.round(seconds * 1e6))} µs`
  if (seconds < 1) return `${Number((seconds * 1000).toFixed(seconds < 0.01 ? 1 : 0))} ms`
  return `${Number(seconds.toFixed(seconds < 10 ? 1 : 0))} s`
}

/** How often a second; a dash until it is known. */
export function rateText(perSecond: number | null): string {
  if (perSecond === null) return '–'
  return perSecond >= 100 ? Math.round(perSecond).toLocaleString() : String(Number(perSecond.toFixed(1)))
}
