import { matchesRequirements, parseLabelSelector } from '@quarterdeck/api-machinery'
import { z } from 'zod'

import type { Row } from './row.ts'

/** Which objects of a kind, in which order. */
export const querySchema = z.object({
  /** Empty: every namespace. */
  namespaces: z.array(z.string().max(253)).max(200).default([]),
  /** Words that must all occur in the name, the namespace, a cell or a label. */
  search: z.string().max(500).default(''),
  labelSelector: z.string().max(2000).default(''),
  /** State texts to keep (`Running`, `CrashLoopBackOff`); empty: all. */
  states: z.array(z.string().max(200)).max(50).default([]),
  sort: z.object({ column: z.string().max(100), descending: z.boolean() }).default({ column: 'Name', descending: false }),
})

export type Query = z.output<typeof querySchema>

/** The part of a query that picks rows. Throws BadRequest for a malformed selector. */
export function filterOf(query: Query): ((row: Row) => boolean) | undefined {
  const tests: ((row: Row) => boolean)[] = []
  const { namespaces, states } = query
  if (namespaces.length === 1) tests.push((row) => row.namespace === namespaces[0])
  else if (namespaces.length > 1) {
    const wanted = new Set(namespaces)
    tests.push((row) => wanted.has(row.namespace))
  }
  const words = query.search.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length > 0) tests.push((row) => words.every((word) => row.searchText.includes(word)))
  const requirements = parseLabelSelector(query.labelSelector)
  if (requirements.length > 0) tests.push((row) => matchesRequirements(requirements, row.object.metadata.labels))
  if (states.length > 0) {
    const wanted = new Set(states)
    tests.push((row) => wanted.has(row.state?.text ?? ''))
  }
  return tests.length === 0 ? undefined : (row) => tests.every((test) => test(row))
}

/** Equal for queries that pick the same rows in the same or the reverse order. */
export function viewKey(query: Query): string {
  return JSON.stringify([
    query.namespaces.toSorted(),
    query.search.trim().toLowerCase(),
    query.labelSelector.trim(),
    query.states.toSorted(),
    query.sort.column,
  ])
}
