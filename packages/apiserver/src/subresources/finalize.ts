import type { Namespace } from '@quarterdeck/api'
import type { KubeObject } from '@quarterdeck/api-machinery'

import type { ApiCore } from '../api-core.ts'
import type { ApiRequest } from '../request.ts'
import { commitPlan, type WriteResult } from '../verbs/commit-plan.ts'
import { findForWrite } from '../verbs/get.ts'
import { planUpdate } from '../verbs/plan-write.ts'

/** Replaces spec.finalizers of a namespace; the last one to go lets a namespace that is being deleted go with it. */
export async function finalizeNamespace(core: ApiCore, request: ApiRequest, object: KubeObject): Promise<WriteResult> {
  core.authorize(request, 'update')
  const stored = await findForWrite(core, request)
  const current = structuredClone(stored.object) as Namespace
  const { finalizers } = (object as Namespace).spec ?? {}
  if (finalizers?.length) current.spec.finalizers = finalizers
  else delete current.spec.finalizers
  current.metadata.resourceVersion = object.metadata.resourceVersion
  return commitPlan(core, request, await planUpdate(core, { ...request, subresource: 'finalize' }, current, stored))
}
