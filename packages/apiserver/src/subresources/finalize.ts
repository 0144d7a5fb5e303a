import { namespaces, type Namespace } from '@quarterdeck/api'

import { readUpdate } from '../endpoints/main-endpoints.ts'
import { writtenAnswer, type Subresource } from '../endpoints/endpoint.ts'
import { commitPlan } from '../writes/commit-plan.ts'
import { findForWrite } from '../verbs/get.ts'
import { planUpdate } from '../writes/plan-update.ts'

/** Replaces spec.finalizers of a namespace; the last one to go lets a namespace that is being deleted go with it. */
export const finalize: Subresource = {
  name: 'finalize',
  isOf: (kind) => kind.resource === namespaces.resource,
  endpoints: {
    async update(call) {
      const { core } = call.server
      const { request } = call
      const object = await readUpdate(call)
      const stored = await findForWrite(core, request)
      const current = structuredClone(stored.object) as Namespace
      const { finalizers } = (object as Namespace).spec ?? {}
      if (finalizers?.length) current.spec.finalizers = finalizers
      else delete current.spec.finalizers
      current.metadata.resourceVersion = object.metadata.resourceVersion
      return writtenAnswer(await commitPlan(core, request, await planUpdate(core, request, { object: current, stored })))
    },
  },
}
