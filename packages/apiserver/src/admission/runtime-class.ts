import { pods, runtimeClasses, type Pod, type RuntimeClass, type V1Toleration } from '@quarterdeck/api'
import { compareQuantities, equalJson, forbidden } from '@quarterdeck/api-machinery'

import type { AdmissionAttributes, AdmissionPlugin } from './admission.ts'

/** Gives a new pod what its runtime class costs, and where it may run (RuntimeClass, KEP-585 and KEP-688). */
export const runtimeClass: AdmissionPlugin = {
  name: 'RuntimeClass',
  resources: [pods.resource],
  operations: ['CREATE'],
  async admit(attributes) {
    const { spec } = attributes.object as Pod
    const found = spec.runtimeClassName ? await classOf(attributes, spec.runtimeClassName) : undefined
    setOverhead(spec, found?.overhead?.podFixed, attributes)
    if (found?.scheduling) setPlacement(spec, found.scheduling, attributes)
  },
}

const refuse = ({ name }: AdmissionAttributes, why: string): Error => forbidden({ group: '', resource: 'pods' }, name, why)

async function classOf(attributes: AdmissionAttributes, name: string): Promise<RuntimeClass> {
  const stored = await attributes.reader.read(runtimeClasses.resource, '', name)
  if (!stored) throw refuse(attributes, `pod rejected: RuntimeClass ${JSON.stringify(name)} not found`)
  return stored.object as RuntimeClass
}

type Amounts = Readonly<Record<string, string>>

function setOverhead(spec: Pod['spec'], fixed: Amounts | undefined, attributes: AdmissionAttributes): void {
  if (!fixed) {
    if (spec.overhead) throw refuse(attributes, 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead')
    return
  }
  if (Object.keys(spec.overhead ?? {}).length > 0 && !isSame(spec.overhead ?? {}, fixed))
    throw refuse(attributes, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead")
  spec.overhead = { ...fixed }
}

function isSame(a: Amounts, b: Amounts): boolean {
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((name) => compareQuantities(a[name] ?? '0', b[name] ?? '-1') === 0)
}

function setPlacement(
  spec: Pod['spec'],
  { nodeSelector = {}, tolerations = [] }: NonNullable<RuntimeClass['scheduling']>,
  attributes: AdmissionAttributes,
): void {
  for (const [key, value] of Object.entries(nodeSelector)) {
    const own = spec.nodeSelector?.[key]
    if (own !== undefined && own !== value) {
      const why = `runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${own}`
      throw refuse(attributes, `conflict: ${why}`)
    }
  }
  if (Object.keys(nodeSelector).length > 0) spec.nodeSelector = { ...spec.nodeSelector, ...nodeSelector }
  if (tolerations.length > 0) spec.tolerations = withoutCovered([...(spec.tolerations ?? []), ...tolerations])
}

/** Of equal ones the first stays. */
function withoutCovered(all: readonly V1Toleration[]): V1Toleration[] {
  return all.filter((toleration, i) =>
    all.every((other, j) => i === j || !covers(other, toleration) || (equalJson(other, toleration) && i < j)),
  )
}

/** Whether whatever the other tolerates is tolerated by this one, for as long. */
function covers(wide: V1Toleration, narrow: V1Toleration): boolean {
  const isForAllKeys = !wide.key && wide.operator === 'Exists'
  if (wide.key !== narrow.key && !isForAllKeys) return false
  if (wide.effect && wide.effect !== narrow.effect) return false
  if (wide.tolerationSeconds !== undefined && (narrow.tolerationSeconds ?? Infinity) > wide.tolerationSeconds) return false
  return wide.operator === 'Exists' || (narrow.operator !== 'Exists' && (wide.value ?? '') === (narrow.value ?? ''))
}
