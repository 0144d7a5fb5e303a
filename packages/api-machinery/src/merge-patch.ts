import { badRequest } from './api-error.ts'
import { isTooDeep, maxJsonDepth, setKey } from './json-depth.ts'

/**
 * Applies a JSON merge patch (RFC 7396). Returns a new value, which may share parts with both; neither argument is changed.
 * Throws BadRequest for a patch that is nested too deeply.
 */
export function applyMergePatch(target: unknown, patch: unknown): unknown {
  refuseDeepPatch(patch)
  return merged(target, patch)
}

function merged(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch
  const result: Record<string, unknown> = isRecord(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key]
    else setKey(result, key, merged(Object.hasOwn(result, key) ? result[key] : undefined, value))
  }
  return result
}

/** Throws BadRequest. */
export function refuseDeepPatch(patch: unknown): void {
  if (isTooDeep(patch)) throw badRequest(`error decoding patch: nested more than ${maxJsonDepth} levels deep`)
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
