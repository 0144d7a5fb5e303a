import { invalidField, type FieldError } from '@quarterdeck/api-machinery'

import { nonNegative } from './numbers.ts'

type Counts = { [field: string]: unknown }

const allCounts = [
  'observedGeneration',
  'replicas',
  'fullyLabeledReplicas',
  'currentReplicas',
  'updatedReplicas',
  'readyReplicas',
  'availableReplicas',
  'unavailableReplicas',
  'terminatingReplicas',
  'collisionCount',
]
const parts = ['fullyLabeledReplicas', 'readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas']

/** The counts in the status of a kind that keeps pods running: none negative, no part above the whole. `readyName`: how errors call the ready ones. */
export function validateReplicaStatus(status: object | undefined, readyName = 'readyReplicas'): FieldError[] {
  const counts = (status ?? {}) as Counts
  const count = (name: string): number | undefined => (typeof counts[name] === 'number' ? counts[name] : undefined)
  const errors = allCounts.flatMap((name) => nonNegative(count(name), `status.${name}`))
  for (const name of parts) {
    const value = count(name) ?? 0
    if (value > (count('replicas') ?? 0)) errors.push(invalidField(`status.${name}`, value, 'cannot be greater than status.replicas'))
  }
  const available = count('availableReplicas') ?? 0
  if (available > (count('readyReplicas') ?? 0))
    errors.push(invalidField('status.availableReplicas', available, `cannot be greater than ${readyName}`))
  return errors
}

/** A Deployment counts up on every collision of names, for the next one to be another. */
export function validateCollisionCount(count: number | undefined, before: number | undefined): FieldError[] {
  const isLower = before !== undefined && (count ?? -1) < before
  return isLower ? [invalidField('status.collisionCount', count ?? 0, 'cannot be decremented')] : []
}
