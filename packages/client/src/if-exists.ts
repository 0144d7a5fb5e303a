import type { Kind } from '@quarterdeck/api'
import { isApiError, type Draft, type KubeObject, type ObjectKey } from '@quarterdeck/api-machinery'

import type { Client } from './client.ts'

/** To catch with: turns NotFound into undefined and lets every other error through. */
export function absentIfNotFound(error: unknown): undefined {
  if (isApiError(error, 'NotFound')) return undefined
  throw error
}

export function getIfExists<T extends KubeObject>(client: Client, kind: Kind<T>, key: ObjectKey): Promise<T | undefined> {
  return client.get(kind, key).catch(absentIfNotFound)
}

/** Creates an object unless there is one of its name. Of several callers at once one creates it, and none fails. */
export async function createIfAbsent<T extends KubeObject>(client: Client, kind: Kind<T>, object: Draft<T>): Promise<void> {
  try {
    await client.create(kind, object)
  } catch (error) {
    if (!isApiError(error, 'AlreadyExists')) throw error
  }
}
