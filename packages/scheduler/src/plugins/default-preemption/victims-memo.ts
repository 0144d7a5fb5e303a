import { LruMap } from '@quarterdeck/controller-runtime'

import type { NodeInfo } from '../../cache/node-info.ts'
import type { PodInfo } from '../../cache/pod-info.ts'
import { schedulingClassOf } from '../../cache/scheduling-class.ts'
import type { FailedAttempt } from '../../framework/failed-attempt.ts'
import type { Rejection } from '../../framework/rejection.ts'
import type { Budgets } from './budgets.ts'
import type { Candidate } from './candidate.ts'

const mostClasses = 32
/** Of nodes that come and go: after as many, everything is forgotten. */
const mostNodes = 50_000

type Found = Candidate | Rejection

interface ClassMemo {
  budgets: string
  byNode: Map<NodeInfo, { version: number; found: Found }>
}

/** Victims found before, for Pods of the same class on nodes that have not changed since. */
export class VictimsMemo {
  readonly #classes = new LruMap<string, ClassMemo>(mostClasses)

  /** Finds victims on nodes, from memory where that holds. */
  finderFor(pod: PodInfo, attempt: FailedAttempt, budgets: Budgets): (node: NodeInfo, find: () => Found) => Found {
    if (!attempt.isNodeLocal) return (_node, find) => find()
    const { byNode } = this.#classOf(pod, budgets)
    return (node, find) => {
      const known = byNode.get(node)
      if (known && known.version === node.version) return known.found
      const found = find()
      byNode.set(node, { version: node.version, found })
      return found
    }
  }

  #classOf(pod: PodInfo, budgets: Budgets): ClassMemo {
    const id = schedulingClassOf(pod)
    const known = this.#classes.get(id)
    if (known?.budgets === budgets.signature && known.byNode.size < mostNodes) return known
    const memo: ClassMemo = { budgets: budgets.signature, byNode: new Map() }
    this.#classes.set(id, memo)
    return memo
  }
}
