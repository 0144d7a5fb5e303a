import { leases, type Lease, type Pod } from '@quarterdeck/api'
import { ApiError, unavailable } from '@quarterdeck/api-machinery'
import { request as httpRequest } from 'undici'

import type { ApiCore } from '../api-core.ts'
import type { ApiRequest } from '../request.ts'
import { find } from '../verbs/get.ts'

/** The Lease that the leading worker holds. */
export const workerLease = { namespace: 'kube-system', name: 'quarterdeck-worker' }
/** On that Lease: `host:port` where the leader answers `GET /verdicts/POD-UID`. */
export const workerStatusAnnotation = 'quarterdeck.dev/worker-status-address'
const timeoutMs = 5_000

/**
 * Why a pod is where it is not: the verdict of every scheduler plugin on every node in the latest attempt, as JSON.
 * Asked of the leading worker, which keeps it in memory. Throws NotFound for a pod that waits for no node.
 */
export async function schedulingVerdicts(core: ApiCore, request: ApiRequest): Promise<string> {
  core.authorize(request, 'get')
  const pod = (await find(core, { ...request, subresource: '' })).object as Pod
  if (pod.spec.nodeName)
    throw new ApiError(
      'NotFound',
      `pod ${JSON.stringify(request.name)} is assigned to node ${JSON.stringify(pod.spec.nodeName)}: verdicts are kept while a pod is pending`,
    )
  const address = await workerAddress(core)
  const answer = await httpRequest(`http://${address}/verdicts/${pod.metadata.uid}`, {
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  }).catch((error: unknown) => {
    throw unavailable(`the worker at ${address} does not answer: ${(error as Error).message}`)
  })
  const text = await answer.body.text()
  if (answer.statusCode !== 200) throw new ApiError('NotFound', `the scheduler has not tried pod ${JSON.stringify(request.name)} yet`)
  return text
}

async function workerAddress(core: ApiCore): Promise<string> {
  const lease = (await core.read(leases.resource, workerLease.namespace, workerLease.name))?.object as Lease | undefined
  const address = lease?.metadata.annotations?.[workerStatusAnnotation]
  if (!lease?.spec.holderIdentity || !address) throw unavailable('no worker leads at the moment: the scheduler is not running')
  return address
}
