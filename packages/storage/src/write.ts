import { badRequest } from '@quarterdeck/api-machinery'
import type { ChangeType, StoreKey, Write } from './store.ts'

export const changeTypeOf: Record<Write['type'], ChangeType> = { create: 'created', update: 'updated', delete: 'deleted' }

/** One text for a key; the separator can be in no part of one. */
export function keyText(key: StoreKey): string {
  return `${key.resource}\u0000${key.namespace}\u0000${key.name}`
}

/** An update or delete keeps the uid that its object carries. */
export function uidOf(write: Write): string {
  return write.type === 'create' ? write.uid : write.object.metadata.uid
}

/** What no two writes of a batch may have in common: the key and, of a create, the uid. */
export function claimsOf(write: Write): string[] {
  return write.type === 'create' ? [keyText(write.key), write.uid] : [keyText(write.key)]
}

/** A group names each key once: what a second write of the same key would see has no revision yet to be expected. */
export function assertDistinct(writes: readonly Write[]): void {
  const seen = new Set<string>()
  for (const write of writes) {
    for (const claim of claimsOf(write)) {
      if (seen.has(claim)) throw badRequest(`a group of writes names ${write.key.resource} "${write.key.name}", or its uid, twice`)
      seen.add(claim)
    }
  }
}
