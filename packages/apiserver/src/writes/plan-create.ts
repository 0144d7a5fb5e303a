import type { KubeObject } from '@quarterdeck/api-machinery'

import { attributesOf, type AdmissionReader } from '../admission/admission.ts'
import type { ApiCore } from '../api-core.ts'
import { prepareNewMeta, validateMeta } from '../object-meta.ts'
import { warn, type ApiRequest } from '../request.ts'
import { createWrite } from './build-write.ts'
import { fillParts, refuse, refuseIncomplete } from './completeness.ts'
import type { WritePlan } from './write-plan.ts'

export interface PlannedCreate {
  /** Decoded; used up. */
  object: KubeObject
  /** What admission reads from; the core's caches unless several writes are planned together. */
  reader?: AdmissionReader
}

/** Defaults, admission and validation of a new object. Throws Invalid and what admission throws. */
export async function planCreate(core: ApiCore, request: ApiRequest, { object, reader = core }: PlannedCreate): Promise<WritePlan> {
  const { kind } = request
  prepareNewMeta(object, request)
  fillParts(kind, object)
  kind.prepareForCreate(object)
  kind.applyDefaults(object)
  refuseIncomplete(kind, object)
  const name = object.metadata.name ?? object.metadata.generateName ?? ''
  const attributes = attributesOf({ ...request, name }, reader, { operation: 'CREATE', object })
  await core.admit(attributes)
  refuse(kind, name, [...validateMeta(object, kind), ...kind.validate(object), ...kind.validateCreate(object)], object)
  await core.admit(attributes, 'validating')
  warn(request, kind.warnings(object, undefined))
  return { object, writes: [createWrite(request, object), ...attributes.alongside] }
}
