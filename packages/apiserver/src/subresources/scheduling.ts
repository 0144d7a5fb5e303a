import type { Pod } from '@quarterdeck/api'
import { ApiError } from '@quarterdeck/api-machinery'

import type { ApiCore } from '../api-core.ts'
import type { ApiRequest } from '../request.ts'
import { find } from '../verbs/get.ts'
import type { WorkerLink } from '../worker-link.ts'

/**
 * Why a pod is where it is not: the verdict of every scheduler plugin on every node in the latest attempt, as JSON.
 * Asked of the leading worker, which keeps it in memory. Throws NotFound for a pod that waits for no node.
 */
export async function schedulingVerdicts(core: ApiCore, worker: WorkerLink, request: ApiRequest): Promise<string> {
  core.authorize(request, 'get')
  const pod = (await find(core, { ...request, subresource: '' })).object as Pod
  if (pod.spec.nodeName)
    throw new ApiError(
      'NotFound',
      `pod ${JSON.stringify(request.name)} is assigned to node ${JSON.stringify(pod.spec.nodeName)}: verdicts are kept while a pod is pending`,
    )
  const { status, text } = await worker.get(`/verdicts/${pod.metadata.uid}`)
  if (status !== 200) throw new ApiError('NotFound', `the scheduler has not tried pod ${JSON.stringify(request.name)} yet`)
  return text
}
