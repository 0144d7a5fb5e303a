import { resourceQuotas } from '@quarterdeck/api'
import { isApiError } from '@quarterdeck/api-machinery'

import { mayTakeFromQuota } from '../admission/resource-quota.ts'
import type { ApiCore } from '../api-core.ts'
import type { ApiRequest } from '../request.ts'

const maxAttempts = 12

/**
 * Runs an attempt to write. Writes that take from the quotas of one namespace run one after the other, for each changes what the
 * next has to see; where another server came first the attempt is made again. `attempt` is told whether it may be made again.
 */
export async function inQuotaOrder<T>(
  core: ApiCore,
  request: ApiRequest,
  { operation, attempt }: { operation: 'CREATE' | 'UPDATE'; attempt: (mayRepeat: boolean) => Promise<T> },
): Promise<T> {
  const isFree = request.subresource !== '' || !mayTakeFromQuota(request.kind, operation)
  if (isFree || (await core.list(resourceQuotas.resource, request.namespace)).length === 0) return attempt(false)
  return core.quotaTurns.take(request.namespace, async () => {
    for (let attempts = 1; ; attempts++) {
      try {
        return await attempt(true)
      } catch (error) {
        const isOfQuota = isApiError(error, 'Conflict') && error.details?.kind === resourceQuotas.resource
        if (!isOfQuota || attempts === maxAttempts) throw error
        await core.freshCacheOf(resourceQuotas)
      }
    }
  })
}

/** Runs tasks of the same key one after the other. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>()

  async take<T>(key: string, task: () => Promise<T>): Promise<T> {
    const turn = (this.#last.get(key) ?? Promise.resolve()).then(task, task)
    this.#last.set(key, turn)
    try {
      return await turn
    } finally {
      if (this.#last.get(key) === turn) this.#last.delete(key)
    }
  }
}
