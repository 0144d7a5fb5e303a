import {
  dns1123LabelErrors,
  duplicateField,
  invalidField,
  labelMapErrors,
  requiredField,
  type FieldError,
} from '@quarterdeck/api-machinery'

import type { RuntimeClass } from '../kinds/runtime-class.ts'
import { validateTolerations } from '../pod-spec/validate-pod-spec.ts'
import { validateResources } from '../pod-spec/validate-resources.ts'
import { immutableField } from './immutable.ts'

export function validateRuntimeClass({ handler, overhead, scheduling }: RuntimeClass): FieldError[] {
  const tolerations = scheduling?.tolerations ?? []
  const seen = new Set<string>()
  const duplicates = tolerations.flatMap((toleration, i) => {
    const key = [toleration.key, toleration.operator, toleration.value, toleration.effect].join('\n')
    if (seen.has(key)) return [duplicateField(`scheduling.tolerations[${i}]`, toleration)]
    seen.add(key)
    return []
  })
  return [
    ...(handler ? dns1123LabelErrors(handler).map((m) => invalidField('handler', handler, m)) : [requiredField('handler')]),
    ...(overhead?.podFixed ? validateResources({ limits: overhead.podFixed }, 'overhead') : []),
    ...labelMapErrors(scheduling?.nodeSelector, 'scheduling.nodeSelector'),
    ...validateTolerations(tolerations, 'scheduling.tolerations'),
    ...duplicates,
  ]
}

export function validateRuntimeClassUpdate(runtimeClass: RuntimeClass, old: RuntimeClass): FieldError[] {
  return immutableField(runtimeClass.handler, old.handler, 'handler')
}
