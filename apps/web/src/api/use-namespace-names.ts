import { useQuery } from '@tanstack/react-query'

import { api } from './trpc.ts'

const none: string[] = []

/** Names of all namespaces, in order; read anew whenever they are asked for. */
export function useNamespaceNames(): readonly string[] {
  const { data } = useQuery({
    queryKey: ['namespaces'],
    queryFn: async () =>
      (await api.objects.list.query({ apiVersion: 'v1', plural: 'namespaces', limit: 1000 })).items.map((item) => item.metadata.name),
    staleTime: 2_000,
  })
  return data ?? none
}
