import type { ChangeType, StoreKey } from '../store.ts'
import { Stored } from '../stored-object.ts'

/** The identity columns that rows of `object` and `change` share. Values are asked for as text, to be parsed once, here. */
export interface ValueRow {
  resource: string
  namespace: string
  name: string
  uid: string
  revision: string
  value: string
}

export interface ChangeRow extends ValueRow {
  type: string
}

export const letterOfType: Record<ChangeType, string> = { created: 'c', updated: 'u', deleted: 'd' }
const typeOfLetter: Record<string, ChangeType> = { c: 'created', u: 'updated', d: 'deleted' }

export function changeTypeOfRow(row: { type: string }): ChangeType {
  return typeOfLetter[row.type] as ChangeType
}

export function keyOfRow({ resource, namespace, name }: ValueRow): StoreKey {
  return { resource, namespace, name }
}

export function storedOf(row: ValueRow): Stored {
  return Stored.parse({ key: keyOfRow(row), uid: row.uid, revision: Number(row.revision) }, row.value)
}
