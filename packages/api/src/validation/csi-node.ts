import { duplicateField, invalidField, qualifiedNameErrors, requiredField, type FieldError } from '@quarterdeck/api-machinery'

import type { V1CSINodeDriver } from '../generated/types.ts'
import type { CSINode } from '../kinds/csi-node.ts'
import { validateDriverName } from './driver-name.ts'
import { immutableField } from './immutable.ts'
import { nonNegative } from './numbers.ts'

const maxNodeIdChars = 256

export function validateCsiNode({ spec }: CSINode): FieldError[] {
  const names = new Set<string>()
  return (spec.drivers ?? []).flatMap((driver, i) => {
    const at = `spec.drivers[${i}]`
    const errors = [...validateDriver(driver, at), ...(names.has(driver.name) ? [duplicateField(`${at}.name`, driver.name)] : [])]
    names.add(driver.name)
    return [...errors, ...validateTopologyKeys(driver.topologyKeys, at)]
  })
}

function validateDriver({ name, nodeID, allocatable }: V1CSINodeDriver, path: string): FieldError[] {
  const errors = validateDriverName(name, `${path}.name`)
  if (!nodeID) errors.push(requiredField(`${path}.nodeID`))
  else if (nodeID.length > maxNodeIdChars)
    errors.push(invalidField(`${path}.nodeID`, nodeID, `must be ${maxNodeIdChars} characters or less`))
  return [...errors, ...nonNegative(allocatable?.count, `${path}.allocatable.count`)]
}

function validateTopologyKeys(keys: readonly string[] = [], path: string): FieldError[] {
  const firstPlaces = new Map(keys.map((key, i): [string, number] => [key, i]).toReversed())
  return keys.flatMap((key, i) => [
    ...(key ? [] : [requiredField(path)]),
    ...(firstPlaces.get(key)! < i ? [duplicateField(path, key)] : []),
    ...qualifiedNameErrors(key).map((m) => invalidField(path, key, m)),
  ])
}

/** A driver on a node stays as it was registered, but for how many volumes it can hold. */
export function validateCsiNodeUpdate({ spec }: CSINode, { spec: old }: CSINode): FieldError[] {
  const byName = new Map((spec.drivers ?? []).toReversed().map((driver) => [driver.name, driver]))
  return (old.drivers ?? []).flatMap((before) => {
    const after = byName.get(before.name)
    return after ? immutableField(withoutAllocatable(after), withoutAllocatable(before), 'spec.drivers') : []
  })
}

function withoutAllocatable(driver: V1CSINodeDriver): Omit<V1CSINodeDriver, 'allocatable'> {
  const { allocatable: _, ...rest } = driver
  return rest
}
