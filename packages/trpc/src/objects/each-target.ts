import type { ApiError } from '@quarterdeck/api-machinery'
import { internalError, isApiError, type Status } from '@quarterdeck/api-machinery'

import type { Target } from '../target.ts'

/** What came of one of several targets. */
export interface TargetResult {
  target: Target
  /** Undefined when it was done. */
  error?: Status | undefined
}

const atOnce = 16

/** Does something to every target, each for itself: one that fails does not stop the others. */
export async function eachTarget(targets: readonly Target[], act: (target: Target) => Promise<unknown>): Promise<TargetResult[]> {
  const results: TargetResult[] = []
  for (let start = 0; start < targets.length; start += atOnce) {
    results.push(...(await Promise.all(targets.slice(start, start + atOnce).map((target) => attempt(target, act)))))
  }
  return results
}

async function attempt(target: Target, act: (target: Target) => Promise<unknown>): Promise<TargetResult> {
  try {
    await act(target)
    return { target, error: undefined }
  } catch (error) {
    const known: ApiError = isApiError(error) ? error : internalError(error instanceof Error ? error.message : String(error))
    return { target, error: known.toStatus() }
  }
}
