import type { Kind } from '@quarterdeck/api'
import { equalJson, type KubeObject } from '@quarterdeck/api-machinery'
import type { Client } from '@quarterdeck/client'

/**
 * Writes a status if it differs from the stored one, as an update of the status subresource: it fails with Conflict if the
 * object changed since it was read. Resolves with the object as it now is.
 */
export async function updateStatus<S, T extends KubeObject & { status: S }>(
  client: Client,
  kind: Kind<T>,
  { object, status }: { object: T; status: S },
): Promise<T> {
  if (equalJson(withoutUndefined(object.status), withoutUndefined(status))) return object
  return client.update(kind, { ...object, status }, { subresource: 'status' })
}

/** The value as it would travel: absent and undefined fields are the same. */
export function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .map(([name, field]) => [name, withoutUndefined(field)]),
  )
}
