import type { Column, Kind } from '@quarterdeck/api'
import type { KubeObject } from '@quarterdeck/api-machinery'

import { hasState, stateOf } from '../state/state.ts'

const columns = new WeakMap<Kind, readonly Column<KubeObject>[]>()

/** The columns of a kind besides its name and namespace: its state first, if it has one, then what the kind declares. */
export function columnsOf(kind: Kind): readonly Column<KubeObject>[] {
  let known = columns.get(kind)
  if (!known) columns.set(kind, (known = computeColumns(kind)))
  return known
}

const shownByState = new Set(['Status', 'Type'])

function computeColumns(kind: Kind): readonly Column<KubeObject>[] {
  const declared = kind.columns.filter((column) => column.format !== 'name' && column.name !== 'Namespace')
  if (!hasState(kind)) return declared
  return [stateColumn(kind), ...declared.filter((column) => !shownByState.has(column.name))]
}

export const stateColumnName = 'State'

function stateColumn(kind: Kind): Column<KubeObject> {
  return {
    name: stateColumnName,
    type: 'string',
    description: 'How the object is.',
    priority: 0,
    value: (object) => stateOf(kind, object)?.text ?? null,
  }
}
