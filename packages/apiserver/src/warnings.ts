/** Past so many characters all together, each warning is cut to so many, and those that have no room left are dropped (as in Kubernetes). */
const maxTotal = 4 * 1024
const maxOfOne = 256

/** The warnings that an answer carries: each once, and no more than clients take of headers. */
export function boundedWarnings(warnings: readonly string[]): string[] {
  const distinct = [...new Set(warnings)]
  if (distinct.reduce((total, { length }) => total + length, 0) <= maxTotal) return distinct
  let total = 0
  return distinct.map(cut).filter(({ length }) => (total += length) <= maxTotal)
}

const cut = (warning: string): string => warning.slice(0, maxOfOne)
