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

/** A group names each key once: what a second write of the same key would see has no revision yet to be expected. */
export function assertDistinctKeys(writes: readonly Write[]): void {
  const seen = new Set<string>()
  for (const { key } of writes) {
    const text = keyText(key)
    if (seen.has(text)) throw badRequest(`a group of writes names ${key.resource} "${key.name}" twice`)
    seen.add(text)
  }
}
