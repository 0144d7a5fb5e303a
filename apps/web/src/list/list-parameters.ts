import type { KindInfo } from '@quarterdeck/trpc'

import { setParameters, useLocation } from '../console/navigation.tsx'

/** The part of a list's query that its address holds, so that a list can be linked to. */
export interface ListParameters {
  search: string
  labelSelector: string
  states: readonly string[]
  sort: { column: string; descending: boolean }
}

export function useListParameters({ defaultSort }: KindInfo): ListParameters & { change: (next: Partial<ListParameters>) => void } {
  const { parameters } = useLocation()
  const sort = parameters.get('sort') ?? sortText(defaultSort)
  return {
    search: parameters.get('q') ?? '',
    labelSelector: parameters.get('labels') ?? '',
    states: parameters.get('state')?.split(',').filter(Boolean) ?? [],
    sort: { column: sort.replace(/^-/, ''), descending: sort.startsWith('-') },
    change: (next) =>
      setParameters({
        ...(next.search === undefined ? {} : { q: next.search }),
        ...(next.labelSelector === undefined ? {} : { labels: next.labelSelector }),
        ...(next.states === undefined ? {} : { state: next.states.join(',') }),
        ...(next.sort === undefined ? {} : { sort: sortText(next.sort) === sortText(defaultSort) ? '' : sortText(next.sort) }),
      }),
  }
}

function sortText({ column, descending }: ListParameters['sort']): string {
  return descending ? `-${column}` : column
}
