import { isDeepStrictEqual } from 'node:util'

import { isRecord } from '@quarterdeck/api-machinery'

/** The JSON merge patch (RFC 7396) that turns one value into the other; `{}` when they are equal objects. */
export function mergePatchBetween(from: unknown, to: unknown): unknown {
  if (!isRecord(from) || !isRecord(to)) return to
  const patch: Record<string, unknown> = {}
  for (const key of Object.keys(from)) if (!Object.hasOwn(to, key)) patch[key] = null
  for (const [key, value] of Object.entries(to))
    if (!isDeepStrictEqual(from[key], value)) patch[key] = Object.hasOwn(from, key) ? mergePatchBetween(from[key], value) : value
  return patch
}
