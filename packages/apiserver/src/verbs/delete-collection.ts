import { isApiError } from '@quarterdeck/api-machinery'
import type { DeleteOptions } from '@quarterdeck/client'

import type { ApiCore } from '../api-core.ts'
import type { ApiRequest } from '../request.ts'
import { remove } from './delete.ts'
import { list, type ListRequestOptions, type ListResult } from './list.ts'

const concurrency = 64

/** Deletes, or begins to delete, every object the request selects. Objects that go meanwhile are no error. Resolves with what was selected. */
export async function deleteCollection(
  core: ApiCore,
  request: ApiRequest,
  options: ListRequestOptions & DeleteOptions,
): Promise<ListResult> {
  const selected = await list(core, request, options)
  const remaining = selected.items.values()
  const deleteRemaining = async (): Promise<void> => {
    for (const { key } of remaining) {
      try {
        await remove(core, { ...request, namespace: key.namespace, name: key.name }, options)
      } catch (error) {
        if (!isApiError(error, 'NotFound')) throw error
      }
    }
  }
  await Promise.all(Array.from({ length: concurrency }, deleteRemaining))
  return selected
}
