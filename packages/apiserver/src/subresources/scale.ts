import type { Kind, V1Scale } from '@quarterdeck/api'
import { modelSchemas, scales } from '@quarterdeck/api'
import {
  applyJsonPatch,
  applyMergePatch,
  badRequest,
  copyJson,
  decodeObject,
  invalid,
  invalidField,
  isRecord,
  type KubeObject,
} from '@quarterdeck/api-machinery'
import type { PatchType } from '@quarterdeck/client'

import { admitValue } from '../admission/admission.ts'
import { servedObject, type ApiCore } from '../api-core.ts'
import type { Subresource } from '../endpoints/endpoint.ts'
import { bodyOf } from '../endpoints/main-endpoints.ts'
import type { ApiRequest } from '../request.ts'
import { commitPlan } from '../writes/commit-plan.ts'
import { find, findForWrite } from '../verbs/get.ts'
import { planUpdate } from '../writes/plan-update.ts'
import { retryConflict } from '../verbs/retry-conflict.ts'

/** The number of replicas of what can be scaled, in the same form for every kind. */
export const scale: Subresource = {
  name: 'scale',
  isOf: (kind) => kind.scale !== undefined,
  speaks: scales,
  endpoints: {
    async get({ server, request }) {
      return { type: 'value', value: scaleOf(request.kind, servedObject(request.kind, await find(server.core, request))) }
    },
    async update(call) {
      const { value } = await bodyOf(call)
      return { type: 'value', value: await writeScale(call.server.core, call.request, () => value) }
    },
    async patch(call) {
      const { value, patchType } = await bodyOf(call)
      return { type: 'value', value: await writeScale(call.server.core, call.request, (current) => patched(current, value, patchType)) }
    },
  },
}

/** autoscaling/v1 Scale of an object. */
function scaleOf(kind: Kind, object: KubeObject): V1Scale {
  const { replicas, statusReplicas, selector } = kind.scale!
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: replicas(object) },
    status: { replicas: statusReplicas(object), selector: selector(object) },
  }
}

/** The version that a patch leaves alone is no precondition. */
function patched(current: V1Scale, patch: unknown, type: PatchType): unknown {
  const { resourceVersion: _, ...metadata } = current.metadata ?? {}
  const target = { ...current, metadata }
  return type === 'json' ? applyJsonPatch(target, patch) : applyMergePatch(target, patch)
}

/** Sets spec.replicas to that of a Scale. With a resourceVersion it is conditional. */
function writeScale(core: ApiCore, request: ApiRequest, change: (current: V1Scale) => unknown): Promise<V1Scale> {
  const { kind } = request
  return retryConflict(core, request, async () => {
    const stored = await findForWrite(core, request)
    const current = servedObject(kind, stored)
    const before = scaleOf(kind, current)
    const wanted = decodeScale(change(before))
    await admitValue(core, request, { operation: 'UPDATE', object: wanted, old: before })
    const replicas = wanted.spec?.replicas ?? 0
    if (replicas < 0)
      throw invalid({ group: 'autoscaling', kind: 'Scale' }, request.name, [
        invalidField('spec.replicas', replicas, 'must be greater than or equal to 0'),
      ])
    const next = copyJson(current)
    kind.scale!.setReplicas(next, replicas)
    next.metadata.resourceVersion = wanted.metadata?.resourceVersion ?? ''
    const result = await commitPlan(core, request, await planUpdate(core, request, { object: next, stored }))
    return scaleOf(kind, 'stored' in result ? servedObject(kind, result.stored) : result.dryRun)
  })
}

function decodeScale(body: unknown): V1Scale {
  if (!isRecord(body)) throw badRequest('the body must be a Scale object')
  const { value, typeErrors } = decodeObject(body, { $ref: 'V1Scale' }, modelSchemas)
  if (typeErrors.length > 0) throw badRequest(`Scale in version "v1" cannot be handled as a Scale: ${typeErrors.join(', ')}`)
  return value
}
