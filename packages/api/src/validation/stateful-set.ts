import { isDeepStrictEqual } from 'node:util'

import {
  dns1123LabelErrors,
  forbiddenField,
  invalidField,
  notSupportedField,
  requiredField,
  type FieldError,
} from '@quarterdeck/api-machinery'

import type { V1PodTemplateSpec, V1RollingUpdateStatefulSetStrategy, V1StatefulSetSpec } from '../generated/types.ts'
import type { StatefulSet } from '../kinds/stateful-set.ts'
import { validateSelector } from '../pod-spec/validate-selector.ts'
import { validateReplicaTemplate } from '../pod-spec/validate-template.ts'
import { validateClaimSpec } from './claim-spec.ts'
import { exceedsWhole, isZeroCountOrPercent, nonNegative, validateCountOrPercent } from './numbers.ts'

export function validateStatefulSet({ spec }: StatefulSet): FieldError[] {
  if (!spec) return []
  return [
    ...validateManagement(spec),
    ...validateStrategy(spec),
    ...validateRetention(spec),
    ...nonNegative(spec.replicas, 'spec.replicas'),
    ...nonNegative(spec.minReadySeconds, 'spec.minReadySeconds'),
    ...nonNegative(spec.ordinals?.start, 'spec.ordinals.start'),
    ...validateSelector(spec.selector, 'spec.selector', 'statefulset'),
    ...validateReplicaTemplate(podTemplateOf(spec), spec.selector, 'spec.template', 'StatefulSet'),
  ]
}

/** What can't be changed later is checked once. */
export function validateNewStatefulSet({ spec }: StatefulSet): FieldError[] {
  const serviceName = spec?.serviceName
  return [
    ...(spec?.volumeClaimTemplates ?? []).flatMap((claim, i) =>
      validateClaimSpec(claim.spec ?? {}, `spec.volumeClaimTemplates[${i}].spec`),
    ),
    ...(serviceName ? dns1123LabelErrors(serviceName).map((m) => invalidField('spec.serviceName', serviceName, m)) : []),
  ]
}

function validateManagement({ podManagementPolicy }: V1StatefulSetSpec): FieldError[] {
  const field = 'spec.podManagementPolicy'
  if (!podManagementPolicy) return [requiredField(field)]
  if (podManagementPolicy === 'OrderedReady' || podManagementPolicy === 'Parallel') return []
  return [invalidField(field, podManagementPolicy, "must be 'OrderedReady' or 'Parallel'")]
}

function validateStrategy({ updateStrategy }: V1StatefulSetSpec): FieldError[] {
  const field = 'spec.updateStrategy'
  const { type, rollingUpdate } = updateStrategy ?? {}
  if (!type) return [requiredField(field)]
  if (type === 'OnDelete')
    return rollingUpdate ? [invalidField(`${field}.rollingUpdate`, rollingUpdate, "only allowed for updateStrategy 'RollingUpdate'")] : []
  if (type !== 'RollingUpdate') return [invalidField(field, updateStrategy, "must be 'RollingUpdate' or 'OnDelete'")]
  return rollingUpdate ? validateRollingUpdate(rollingUpdate, `${field}.rollingUpdate`) : []
}

function validateRollingUpdate({ partition, maxUnavailable }: V1RollingUpdateStatefulSetStrategy, path: string): FieldError[] {
  const field = `${path}.maxUnavailable`
  const errors = [...nonNegative(partition, `${path}.partition`), ...validateCountOrPercent(maxUnavailable, field)]
  if (isZeroCountOrPercent(maxUnavailable)) errors.push(invalidField(field, maxUnavailable, 'cannot be 0'))
  if (exceedsWhole(maxUnavailable)) errors.push(invalidField(field, maxUnavailable, 'must not be greater than 100%'))
  return errors
}

function validateRetention({ persistentVolumeClaimRetentionPolicy }: V1StatefulSetSpec): FieldError[] {
  const { whenDeleted, whenScaled } = persistentVolumeClaimRetentionPolicy ?? {}
  return Object.entries({ whenDeleted, whenScaled })
    .filter(([, value]) => value !== 'Retain' && value !== 'Delete')
    .map(([name, value]) => notSupportedField(`spec.persistentVolumeClaimRetentionPolicy.${name}`, value ?? '', ['Delete', 'Retain']))
}

/** The template with what each pod gets in its stead: a name of its own, and volumes of the claims made for it. */
function podTemplateOf({ template, volumeClaimTemplates = [] }: V1StatefulSetSpec): V1PodTemplateSpec | undefined {
  if (!template?.spec) return template
  const { hostname: _hostname, subdomain: _subdomain, ...spec } = template.spec
  if (volumeClaimTemplates.length === 0) return { ...template, spec }
  const names = new Set(volumeClaimTemplates.map(({ metadata }) => metadata?.name ?? ''))
  const claimed = [...names].map((name) => ({ name, persistentVolumeClaim: { claimName: name } }))
  return { ...template, spec: { ...spec, volumes: [...claimed, ...(spec.volumes ?? []).filter(({ name }) => !names.has(name))] } }
}

const changeable: readonly (keyof V1StatefulSetSpec)[] = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
]

export function validateStatefulSetUpdate({ spec }: StatefulSet, { spec: old }: StatefulSet): FieldError[] {
  if (isDeepStrictEqual(fixedPartOf(spec), fixedPartOf(old))) return []
  const names = changeable.map((name) => `'${name}'`)
  const listed = `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
  return [forbiddenField('spec', `updates to statefulset spec for fields other than ${listed} are forbidden`)]
}

const fixedPartOf = (spec: V1StatefulSetSpec): unknown =>
  Object.fromEntries(Object.entries(spec).filter(([name, value]) => value !== undefined && !changeable.some((field) => field === name)))
