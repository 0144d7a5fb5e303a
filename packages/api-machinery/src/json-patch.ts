import { applyPatch, type Operation } from 'rfc6902'

import { ApiError, badRequest } from './api-error.ts'

const operations = new Set(['add', 'remove', 'replace', 'move', 'copy', 'test'])
const maxOperations = 10_000

/** Applies a JSON patch (RFC 6902) to a copy of the target. Throws BadRequest for a malformed patch, Invalid for one that does not apply. */
export function applyJsonPatch(target: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) throw badRequest('error decoding patch: a JSON patch must be an array of operations')
  if (patch.length > maxOperations) {
    throw new ApiError('RequestEntityTooLarge', `The allowed maximum operations in a JSON patch is ${maxOperations}, got ${patch.length}`)
  }
  for (const operation of patch as unknown[]) {
    const { op, path } = (operation ?? {}) as { op?: unknown; path?: unknown }
    if (typeof op !== 'string' || !operations.has(op)) throw badRequest(`error decoding patch: Unexpected kind: ${JSON.stringify(op)}`)
    if (typeof path !== 'string') throw badRequest('error decoding patch: missing path')
  }
  const copy = structuredClone(target)
  const failures = applyPatch(copy, patch as Operation[])
  const index = failures.findIndex((failure) => failure !== null)
  if (index >= 0) {
    const operation = patch[index] as Operation
    throw new ApiError(
      'Invalid',
      `the server rejected our request due to an error in our request: ${operation.op} operation does not apply: doc is missing path or has another value: ${operation.path}`,
    )
  }
  return copy
}
