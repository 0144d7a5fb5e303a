import { isPodFinished, pods, type Pod } from '@quarterdeck/api'
import { ApiError } from '@quarterdeck/api-machinery'

import type { ApiCore } from '../api-core.ts'
import type { Subresource } from '../endpoints/endpoint.ts'
import type { ApiRequest } from '../request.ts'
import { find } from '../verbs/get.ts'
import { textOf, type WorkerLink } from '../worker-link.ts'

/** Of the nodes, which to tell about, and whether to look for changes that would help: names as in the query of the subresource. */
const explanationParameters = ['offset', 'limit', 'search', 'plugin', 'changes'] as const

export type ExplanationQuery = Partial<Record<(typeof explanationParameters)[number], string>>

export const scheduling: Subresource = {
  name: 'scheduling',
  isOf: (kind) => kind.resource === pods.resource,
  endpoints: {
    async get({ server, request, options }) {
      const query: ExplanationQuery = {}
      for (const name of explanationParameters) {
        const value = options.parameters?.get(name)
        if (value) query[name] = value
      }
      return { type: 'json', text: await explainScheduling(server.core, server.worker, { request, query }) }
    },
  },
}

/**
 * Why a pod is where it is, or is not, as JSON: of a pending pod what every plugin of the scheduler has against the nodes and the
 * smallest changes that would let it fit, of a placed one the scores. Asked of the leading worker. Throws NotFound for a pod that the
 * scheduler has not tried.
 */
export async function explainScheduling(
  core: ApiCore,
  worker: WorkerLink,
  { request, query }: { request: ApiRequest; query: ExplanationQuery },
): Promise<string> {
  const pod = (await find(core, { ...request, subresource: '' })).object as Pod
  const asked = new URLSearchParams(query as Record<string, string>)
  const answer = await worker.get(`/scheduling/${pod.metadata.uid}?${asked.toString()}`)
  if (answer.status !== 404) return textOf(answer)
  const why = isPodFinished(pod) ? 'has ended' : 'has not been tried by the scheduler yet'
  throw new ApiError('NotFound', `pod ${JSON.stringify(request.name)} ${why}`)
}
