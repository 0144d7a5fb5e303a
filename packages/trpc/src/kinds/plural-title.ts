import type { Kind } from '@quarterdeck/api'

/** `Pods`, `Endpoint slices`, `CSI drivers`: a kind in the plural, for headings. */
export function pluralTitle({ kind, plural }: Pick<Kind, 'kind' | 'plural'>): string {
  const words = kind.replace(/([a-z])([A-Z])/g, '$1 $2').replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
  const [first = '', ...rest] = words.split(' ')
  const singular = [first, ...rest.map((word) => (isAcronym(word) ? word : word.toLowerCase()))].join(' ')
  if (plural === kind.toLowerCase()) return singular
  return plural.endsWith('ies') ? singular.replace(/y$/, 'ies') : singular + plural.slice(kind.length)
}

function isAcronym(word: string): boolean {
  return word.length > 1 && word === word.toUpperCase()
}
