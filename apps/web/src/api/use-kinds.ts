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
