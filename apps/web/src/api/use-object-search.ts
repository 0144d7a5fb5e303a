import type { KindInfo, RowData } from '@quarterdeck/trpc'
import { useQuery, keepPreviousData } from '@tanstack/react-query'
import { useEffect, useState } from 'react'

import { api } from './trpc.ts'

const maxResults = 30
const settleMs = 120

export interface FoundObject {
  kind: KindInfo
  row: RowData
}

const nothing: FoundObject[] = []

/** Objects of all kinds whose name has the words; nothing for less than two letters. */
export function useObjectSearch(text: string, kinds: readonly KindInfo[]): readonly FoundObject[] {
  const [settled, setSettled] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text.trim()), settleMs)
    return () => clearTimeout(timer)
  }, [text])
  const { data } = useQuery({
    queryKey: ['search', settled],
    queryFn: () => api.objects.search.query({ text: settled, limit: maxResults }),
    enabled: settled.length >= 2,
    placeholderData: keepPreviousData,
    staleTime: 5_000,
  })
  if (settled.length < 2 || text.trim().length < 2 || !data) return nothing
  return data.flatMap(({ resource, row }) => {
    const kind = kinds.find((k) => k.resource === resource)
    return kind ? [{ kind, row }] : []
  })
}
