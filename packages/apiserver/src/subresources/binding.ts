import { bindings, modelSchemas, pods, type Pod, type V1Binding } from '@quarterdeck/api'
import { badRequest, conflict, decodeObject, invalid, invalidField, isRecord, requiredField, timestamp } from '@quarterdeck/api-machinery'

import { admitValue } from '../admission/admission.ts'
import type { ApiCore } from '../api-core.ts'
import type { Subresource } from '../endpoints/endpoint.ts'
import { bodyOf, createdStatus } from '../endpoints/main-endpoints.ts'
import type { ApiRequest } from '../request.ts'
import { findForWrite } from '../verbs/get.ts'
import { updateWrite } from '../writes/build-write.ts'
import { retryConflict } from '../verbs/retry-conflict.ts'

export const binding: Subresource = {
  name: 'binding',
  isOf: (kind) => kind.resource === pods.resource,
  speaks: bindings,
  endpoints: {
    async create(call) {
      const { value } = await bodyOf(call)
      await bind(call.server.core, call.request, value)
      return createdStatus
    },
  },
}

/** Assigns a pod to the node that the Binding's target names. A pod is assigned once: Conflict for a second node. */
async function bind(core: ApiCore, request: ApiRequest, body: unknown): Promise<void> {
  const wanted = decodeBinding(body, request)
  await admitValue(core, request, { operation: 'CREATE', object: wanted })
  const target = { group: '', resource: 'pods' }
  await retryConflict(core, request, async () => {
    const stored = await findForWrite(core, request)
    const pod = stored.object as Pod
    if (wanted.metadata?.uid && wanted.metadata.uid !== pod.metadata.uid) {
      throw conflict(
        target,
        request.name,
        `Precondition failed: UID in precondition: ${wanted.metadata.uid}, UID in object meta: ${pod.metadata.uid}`,
      )
    }
    if (pod.metadata.deletionTimestamp)
      throw conflict(target, request.name, `pod ${request.name} is being deleted, cannot be assigned to a host`)
    if (pod.spec.nodeName)
      throw conflict(target, request.name, `pod ${request.name} is already assigned to node ${JSON.stringify(pod.spec.nodeName)}`)
    if (pod.spec.schedulingGates?.length) throw conflict(target, request.name, `pod ${request.name} has non-empty .spec.schedulingGates`)
    if (request.dryRun) return
    await core.store.commit(updateWrite(request, boundPod(pod, wanted), stored))
  })
}

function decodeBinding(body: unknown, { name }: ApiRequest): V1Binding {
  if (!isRecord(body)) throw badRequest('the body must be a Binding object')
  const { value, typeErrors } = decodeObject(body, { $ref: 'V1Binding' }, modelSchemas)
  if (typeErrors.length > 0) throw badRequest(`Binding in version "v1" cannot be handled as a Binding: ${typeErrors.join(', ')}`)
  const binding = value as unknown as V1Binding
  const { kind, name: nodeName } = binding.target ?? {}
  const subject = { group: '', kind: 'Binding' }
  if (kind && kind !== 'Node') throw invalid(subject, name, [invalidField('target.kind', kind, 'must be empty or "Node"')])
  if (!nodeName) throw invalid(subject, name, [requiredField('target.name')])
  return binding
}

function boundPod(pod: Pod, { metadata, target: { name: nodeName = '' } }: V1Binding): Pod {
  const others = (pod.status.conditions ?? []).filter((c) => c.type !== 'PodScheduled')
  // There is no room to be made any more.
  const { nominatedNodeName: _, ...status } = pod.status
  const scheduled = { type: 'PodScheduled', status: 'True', lastProbeTime: undefined, lastTransitionTime: timestamp() }
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      ...(metadata?.annotations ? { annotations: { ...pod.metadata.annotations, ...metadata.annotations } } : {}),
      ...(metadata?.labels ? { labels: { ...pod.metadata.labels, ...metadata.labels } } : {}),
    },
    spec: { ...pod.spec, nodeName },
    status: { ...status, conditions: [...others, scheduled] },
  }
}
