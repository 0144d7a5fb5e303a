import { LruMap } from '@quarterdeck/controller-runtime'

import type { NodeInfo } from '../../cache/node-info.ts'
import type { PodInfo } from '../../cache/pod-info.ts'
import { nodeClassOf } from '../../cache/scheduling-class.ts'
import type { FailedAttempt } from '../../framework/failed-attempt.ts'
import { isRejection } from '../../framework/plugin.ts'
import type { Rejection } from '../../framework/rejection.ts'
import type { Budgets } from './budgets.ts'
import type { Candidate } from './candidate.ts'

const mostClasses = 32

/** What is known of the nodes on which preemption may help Pods of one class. */
export class KnownVictims {
  /** Not looked at yet, or not since they changed. */
  readonly open: Set<NodeInfo>
  readonly candidates = new Map<NodeInfo, Candidate>()
  /** Why preemption does not help on a node. */
  readonly rejections = new Map<NodeInfo, Rejection>()
  readonly budgets: string
  /** The journal is read up to here. */
  next: number

  constructor(open: Iterable<NodeInfo>, budgets: string, next: number) {
    this.open = new Set(open)
    this.budgets = budgets
    this.next = next
  }

  /** Looks at nodes until there are enough candidates, one of them without violated budgets. */
  search(wanted: number, find: (node: NodeInfo) => Candidate | Rejection): void {
    let harmless = 0
    for (const { budgetViolations } of this.candidates.values()) if (budgetViolations === 0) harmless++
    for (const node of this.open) {
      if (harmless > 0 && this.candidates.size >= wanted) return
      const found = find(node)
      this.open.delete(node)
      if (isRejection(found)) this.rejections.set(node, found)
      else if (found.pods.length > 0) {
        this.candidates.set(node, found)
        if (found.budgetViolations === 0) harmless++
      }
    }
  }

  follow(changed: readonly NodeInfo[], attempt: FailedAttempt): void {
    for (const node of changed) {
      this.open.delete(node)
      this.candidates.delete(node)
      this.rejections.delete(node)
      const rejected = attempt.snapshot.get(node.name) === node ? attempt.rejectionOf(node.name) : undefined
      if (rejected && !rejected.isUnresolvable) this.open.add(node)
    }
  }
}

/** Victims found before hold for Pods of the same class on nodes that have not changed since. */
export class VictimsMemo {
  readonly #classes = new LruMap<string, KnownVictims>(mostClasses)

  /** What is known for a Pod that was tried just now. `offset` 0…1: where among the nodes to begin. */
  for(pod: PodInfo, attempt: FailedAttempt, { budgets, offset }: { budgets: Budgets; offset: number }): KnownVictims {
    const { changes } = attempt.snapshot
    const id = attempt.isNodeLocal ? nodeClassOf(pod) : undefined
    const known = id === undefined ? undefined : this.#classes.get(id)
    const changed = known && changes.since(known.next)
    if (known && changed && known.budgets === budgets.signature) {
      known.follow(changed, attempt)
      known.next = changes.next
      return known
    }
    const nodes = attempt.resolvableNodes()
    const start = Math.floor(offset * nodes.length)
    const made = new KnownVictims([...nodes.slice(start), ...nodes.slice(0, start)], budgets.signature, changes.next)
    if (id !== undefined) this.#classes.set(id, made)
    return made
  }
}
