import type { Kind, V1Scale } from '@quarterdeck/api'
import { modelSchemas } from '@quarterdeck/api'
import {
  applyJsonPatch,
  applyMergePatch,
  badRequest,
  copyJson,
  decodeObject,
  invalid,
  invalidField,
  isRecord,
  notFound,
  type KubeObject,
} from '@quarterdeck/api-machinery'
import type { PatchType } from '@quarterdeck/client'

import { servedObject, type ApiCore } from '../api-core.ts'
import type { ApiRequest } from '../request.ts'
import { commitPlan } from '../verbs/commit-plan.ts'
import { find, findForWrite } from '../verbs/get.ts'
import { planUpdate } from '../verbs/plan-write.ts'
import { retryConflict } from '../verbs/retry-conflict.ts'

/** autoscaling/v1 Scale of an object. */
export function scaleOf(kind: Kind, object: KubeObject): V1Scale {
  const scale = kind.scale!
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: scale.replicas(object) },
    status: { replicas: scale.statusReplicas(object), selector: scale.selector(object) },
  }
}

export async function getScale(core: ApiCore, request: ApiRequest): Promise<V1Scale> {
  core.authorize(request, 'get')
  checkScalable(request)
  return scaleOf(request.kind, servedObject(request.kind, await find(core, request)))
}

/** Sets spec.replicas from a whole Scale. With a resourceVersion it is conditional. */
export function updateScale(core: ApiCore, request: ApiRequest, body: unknown): Promise<V1Scale> {
  core.authorize(request, 'update')
  checkScalable(request)
  return writeScale(core, request, () => body)
}

export function patchScale(core: ApiCore, request: ApiRequest, body: unknown, type: PatchType): Promise<V1Scale> {
  core.authorize(request, 'patch')
  checkScalable(request)
  return writeScale(core, request, (current) => {
    const { resourceVersion: _, ...metadata } = current.metadata ?? {}
    const target = { ...current, metadata }
    return type === 'json' ? applyJsonPatch(target, body) : applyMergePatch(target, body)
  })
}

function checkScalable({ kind }: ApiRequest): void {
  if (!kind.scale) throw notFound({ group: kind.group, resource: kind.plural }, 'scale')
}

function writeScale(core: ApiCore, request: ApiRequest, change: (current: V1Scale) => unknown): Promise<V1Scale> {
  const { kind } = request
  return retryConflict(core, request, async () => {
    const stored = await findForWrite(core, request)
    const current = servedObject(kind, stored)
    const wanted = decodeScale(change(scaleOf(kind, current)))
    const replicas = wanted.spec?.replicas ?? 0
    if (replicas < 0)
      throw invalid({ group: 'autoscaling', kind: 'Scale' }, request.name, [
        invalidField('spec.replicas', replicas, 'must be greater than or equal to 0'),
      ])
    const next = copyJson(current)
    kind.scale!.setReplicas(next, replicas)
    next.metadata.resourceVersion = wanted.metadata?.resourceVersion ?? ''
    const result = await commitPlan(core, request, await planUpdate(core, request, next, stored))
    return scaleOf(kind, 'stored' in result ? servedObject(kind, result.stored) : result.dryRun)
  })
}

function decodeScale(body: unknown): V1Scale {
  if (!isRecord(body)) throw badRequest('the body must be a Scale object')
  const { value, typeErrors } = decodeObject(body, { $ref: 'V1Scale' }, modelSchemas)
  if (typeErrors.length > 0) throw badRequest(`Scale in version "v1" cannot be handled as a Scale: ${typeErrors.join(', ')}`)
  return value
}
