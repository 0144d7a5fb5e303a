import { LruMap } from '@quarterdeck/controller-runtime'

import type { NodeInfo } from '../cache/node-info.ts'
import type { PodInfo } from '../cache/pod-info.ts'
import type { Snapshot } from '../cache/scheduler-cache.ts'
import { nodeClassOf } from '../cache/scheduling-class.ts'
import type { Rejection } from '../framework/rejection.ts'

const mostClasses = 64

export interface RejectedNode {
  rejection: Rejection
  plugin: string
}

/** What is known about the nodes for Pods of one class whose filters look at nothing but the node. */
export class ClassRejections {
  /** Nodes to look at, those looked at last at the end. */
  readonly open: Set<NodeInfo>
  readonly rejected = new Map<NodeInfo, RejectedNode>()
  /** How many nodes each rejection stands for. */
  readonly counts = new Map<Rejection, { plugin: string; nodes: number }>()
  /** The journal is read up to here. */
  next: number

  constructor(nodes: readonly NodeInfo[], next: number) {
    this.open = new Set(nodes)
    this.next = next
  }

  reject(node: NodeInfo, rejected: RejectedNode): void {
    this.open.delete(node)
    this.rejected.set(node, rejected)
    const count = this.counts.get(rejected.rejection)
    if (count) count.nodes++
    else this.counts.set(rejected.rejection, { plugin: rejected.plugin, nodes: 1 })
  }

  /** So that other nodes get their turn. */
  postpone(node: NodeInfo): void {
    this.open.delete(node)
    this.open.add(node)
  }

  #reopen(node: NodeInfo): void {
    const rejected = this.rejected.get(node)
    if (!rejected) return
    this.rejected.delete(node)
    const count = this.counts.get(rejected.rejection)
    if (count && --count.nodes === 0) this.counts.delete(rejected.rejection)
  }

  follow(changed: readonly NodeInfo[], snapshot: Snapshot): void {
    for (const node of changed) {
      this.#reopen(node)
      if (snapshot.get(node.name) === node) this.open.add(node)
      else this.open.delete(node)
    }
  }
}

/** On a full cluster nearly all nodes say no again and again: they are asked once, and again when they changed. */
export class RejectionMemo {
  readonly #snapshot: Snapshot
  readonly #classes = new LruMap<string, ClassRejections>(mostClasses)

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot
  }

  of(pod: PodInfo): ClassRejections {
    const { changes, nodes } = this.#snapshot
    const id = nodeClassOf(pod)
    const known = this.#classes.get(id)
    const changed = known && changes.since(known.next)
    if (known && changed) {
      known.follow(changed, this.#snapshot)
      known.next = changes.next
      return known
    }
    const made = new ClassRejections(nodes, changes.next)
    this.#classes.set(id, made)
    return made
  }
}
