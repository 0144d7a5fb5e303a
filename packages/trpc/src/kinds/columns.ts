import type { Kind } from '@quarterdeck/api'

import { hasState } from '../state/state.ts'
import { hasUsage, usageColumns } from '../usage/row-usage.ts'
import { withAges, type ListColumn } from './aging-columns.ts'

const columns = new WeakMap<Kind, readonly ListColumn[]>()

/** The columns of a kind besides its name and namespace: its state first, if it has one, then what the kind declares. */
export function columnsOf(kind: Kind): readonly ListColumn[] {
  let known = columns.get(kind)
  if (!known) columns.set(kind, (known = computeColumns(kind)))
  return known
}

const shownByState = new Set(['Status', 'State', 'Type'])

function computeColumns(kind: Kind): readonly ListColumn[] {
  const declared = kind.columns
    .filter((column) => column.format !== 'name' && column.name !== 'Namespace')
    .map((column) => withAges(kind, column))
  if (!hasState(kind)) return declared
  const others = declared.filter((column) => !shownByState.has(column.name))
  return [stateColumn, ...(hasUsage(kind) ? withUsage(others) : others)]
}

/** What is used now stands before the age. */
function withUsage(columns: readonly ListColumn[]): ListColumn[] {
  const age = columns.findIndex(({ name }) => name === 'Age')
  return columns.toSpliced(
    Math.max(0, age),
    0,
    ...Object.keys(usageColumns).map((name) => ({
      name,
      type: 'usage' as const,
      description: `${name} in use now.`,
      priority: 0,
      value: () => null,
    })),
  )
}

/** Its cell comes of the row, which knows what is around the object. */
const stateColumn: ListColumn = { name: 'State', type: 'string', description: 'How the object is.', priority: 0, value: () => null }

export function isStateColumn(column: ListColumn): boolean {
  return column === stateColumn
}
