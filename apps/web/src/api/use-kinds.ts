import type { KindInfo } from '@quarterdeck/trpc'
import { useQuery } from '@tanstack/react-query'

import { api } from './trpc.ts'

const noKinds: KindInfo[] = []

/** The kinds that are served, in the order of the navigation; empty until they are known. */
export function useKinds(): { kinds: readonly KindInfo[]; isLoading: boolean; error: unknown } {
  const { data = noKinds, isLoading, error } = useQuery({ queryKey: ['kinds'], queryFn: () => api.kinds.list.query(), staleTime: 60_000 })
  return { kinds: data, isLoading, error }
}

export function kindOfResource(kinds: readonly KindInfo[], resource: string): KindInfo | undefined {
  return kinds.find((kind) => kind.resource === resource)
}

/** `Pods`, `Endpoint slices`: a kind in the plural, for headings. */
export function pluralOf(kind: Pick<KindInfo, 'kind' | 'plural'>): string {
  const words = kind.kind.replace(/([a-z])([A-Z])/g, '$1 $2')
  const [first = '', ...rest] = words.split(' ')
  const singular = [first, ...rest.map((word) => word.toLowerCase())].join(' ')
  return singular.toLowerCase().replaceAll(' ', '') === kind.plural
    ? singular
    : singular + kind.plural.slice(kind.kind.length).replace(/^ies$/, 's')
}
