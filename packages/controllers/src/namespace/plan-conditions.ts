import type { V1NamespaceCondition } from '@quarterdeck/api'
import { timestamp } from '@quarterdeck/api-machinery'

/** What is left of one kind in a namespace. */
export interface Remaining {
  /** `plural.group`, with the dot also in the core group, as Kubernetes words it: `pods.`. */
  resource: string
  count: number
  /** Objects held by each finalizer. */
  finalizers: ReadonlyMap<string, number>
}

export interface DeletionProgress {
  remaining: readonly Remaining[]
  failures: readonly Error[]
}

/** Tells why a namespace is still there, in the five conditions of Kubernetes. A condition that didn't change keeps its time. */
export function conditionsOf(progress: DeletionProgress, current: readonly V1NamespaceCondition[], nowMs: number): V1NamespaceCondition[] {
  const next = [
    truth('NamespaceDeletionDiscoveryFailure', undefined, {
      reason: 'ResourcesDiscovered',
      message: 'All resources successfully discovered',
    }),
    truth('NamespaceDeletionGroupVersionParsingFailure', undefined, {
      reason: 'ParsedGroupVersions',
      message: 'All legacy kube types successfully parsed',
    }),
    truth('NamespaceDeletionContentFailure', failureOf(progress), {
      reason: 'ContentDeleted',
      message: 'All content successfully deleted, may be waiting on finalization',
    }),
    truth('NamespaceContentRemaining', remainingOf(progress), { reason: 'ContentRemoved', message: 'All content successfully removed' }),
    truth('NamespaceFinalizersRemaining', finalizersOf(progress), {
      reason: 'ContentHasNoFinalizers',
      message: 'All content-preserving finalizers finished',
    }),
  ]
  const managed = new Set(next.map(({ type }) => type))
  return [...current.filter(({ type }) => !managed.has(type)), ...next.map((condition) => withTime(condition, current, nowMs))]
}

interface Statement {
  reason: string
  message: string
}

function truth(type: string, problem: Statement | undefined, fine: Statement): V1NamespaceCondition {
  return problem ? { type, status: 'True', ...problem } : { type, status: 'False', ...fine }
}

function withTime(condition: V1NamespaceCondition, current: readonly V1NamespaceCondition[], nowMs: number): V1NamespaceCondition {
  const known = current.find(({ type }) => type === condition.type)
  const isSame = known?.status === condition.status && known.reason === condition.reason && known.message === condition.message
  return { ...condition, lastTransitionTime: (isSame ? known.lastTransitionTime : undefined) ?? timestamp(new Date(nowMs)) }
}

function failureOf({ failures }: DeletionProgress): Statement | undefined {
  if (failures.length === 0) return undefined
  const messages = failures.map((error) => error.message).toSorted()
  return {
    reason: 'ContentDeletionFailed',
    message: `Failed to delete all resource types, ${failures.length} remaining: ${messages.join(', ')}`,
  }
}

function remainingOf({ remaining }: DeletionProgress): Statement | undefined {
  const found = remaining.filter(({ count }) => count > 0).map(({ resource, count }) => `${resource} has ${count} resource instances`)
  if (found.length === 0) return undefined
  return { reason: 'SomeResourcesRemain', message: `Some resources are remaining: ${found.toSorted().join(', ')}` }
}

function finalizersOf({ remaining }: DeletionProgress): Statement | undefined {
  const totals = new Map<string, number>()
  for (const { finalizers } of remaining) {
    for (const [name, count] of finalizers) totals.set(name, (totals.get(name) ?? 0) + count)
  }
  if (totals.size === 0) return undefined
  const found = [...totals].map(([name, count]) => `${name} in ${count} resource instances`).toSorted()
  return { reason: 'SomeFinalizersRemain', message: `Some content in the namespace has finalizers remaining: ${found.join(', ')}` }
}
