import { isApiError } from '@quarterdeck/api-machinery'

import type { ApiCore } from '../api-core.ts'
import type { ApiRequest } from '../request.ts'

const maxAttempts = 12

/** Runs a read-modify-write again, from a caught-up cache, while another writer comes first. */
export async function retryConflict<T>(core: ApiCore, request: ApiRequest, attempt: () => Promise<T>): Promise<T> {
  for (let attempts = 1; ; attempts++) {
    try {
      return await attempt()
    } catch (error) {
      if (!isApiError(error, 'Conflict') || attempts === maxAttempts) throw error
      await core.freshCacheOf(request.kind)
    }
  }
}
