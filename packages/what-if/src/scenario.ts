import { daemonSets, drainFateOf, type Pod } from '@quarterdeck/api'
import { controllerOf } from '@quarterdeck/api-machinery'
import type { Sandbox } from '@quarterdeck/scheduler'

import type { BudgetLedger } from './budget-ledger.ts'
import { ownerOf } from './owner-of.ts'
import type { BlockedPod, EndedPod, MovedPod, PodName, PreemptedPod } from './question.ts'

/** A Pod that is followed, with where it got. */
export interface Followed extends MovedPod {
  uid: string
  node: string | undefined
}

/** What happened so far in a sandbox, and the ways in which Pods come and go there. */
export class Scenario {
  readonly sandbox: Sandbox
  readonly budgets: BudgetLedger
  readonly signal: AbortSignal
  readonly followed = new Map<string, Followed>()
  readonly preempted: PreemptedPod[] = []
  readonly blocked: BlockedPod[] = []
  readonly gone: EndedPod[] = []
  readonly staying: EndedPod[] = []
  readonly losingData: PodName[] = []
  readonly notes = new Set<string>()
  readonly #touched = new Set<string>()
  #count = 0

  constructor(sandbox: Sandbox, budgets: BudgetLedger, signal: AbortSignal) {
    this.sandbox = sandbox
    this.budgets = budgets
    this.signal = signal
  }

  /** Lets everything happen that happens by itself, and counts anew what the budgets allow. */
  async settle(): Promise<void> {
    await this.sandbox.settle(this.signal)
    this.budgets.refresh(this.#touched)
    this.#touched.clear()
  }

  /** A Pod ends where it is; its controller, if it has one that would, makes another. */
  end(pod: Pod, because: MovedPod['because']): void {
    const from = this.leave(pod)
    if (from === undefined) return
    if (!comesBack(pod)) return void this.gone.push({ ...this.named(pod), node: from, why: 'unmanaged' })
    this.follow(replacementOf(pod, ++this.#count), because, from)
  }

  /** Takes a Pod away; where it was. */
  leave(pod: Pod): string | undefined {
    const { core } = this.sandbox
    const from = core.cache.nodeOf(pod.metadata.uid)
    this.#touched.add(pod.metadata.namespace)
    core.removePod(pod)
    // A Pod that came in an earlier step comes again in another.
    this.followed.delete(pod.metadata.uid)
    return from
  }

  /** A Pod comes, and waits for a node. */
  follow(pod: Pod, because: MovedPod['because'], from?: string): void {
    const { uid } = pod.metadata
    this.#touched.add(pod.metadata.namespace)
    this.followed.set(uid, { ...this.named(pod), uid, because, from, node: undefined })
    this.sandbox.core.setPod(pod)
  }

  /** Told by the sandbox. */
  onPlaced(pod: Pod, node: string): void {
    this.#touched.add(pod.metadata.namespace)
    const known = this.followed.get(pod.metadata.uid)
    if (known) known.node = node
    else this.followed.set(pod.metadata.uid, { ...this.named(pod), uid: pod.metadata.uid, because: 'waiting', from: undefined, node })
  }

  /** Told by the sandbox: the victim has left already. */
  onPreempted(victim: Pod, by: string, node: string): void {
    const { namespace, name } = victim.metadata
    this.preempted.push({ namespace, name, node, by })
    this.#touched.add(namespace)
    const before = this.followed.get(victim.metadata.uid)
    this.followed.delete(victim.metadata.uid)
    if (comesBack(victim)) this.follow(replacementOf(victim, ++this.#count), before?.because ?? 'preemption', before?.from ?? node)
    else this.gone.push({ ...this.named(victim), node, why: controllerOf(victim)?.kind === daemonSets.kind ? 'daemon-set' : 'unmanaged' })
  }

  named(pod: Pod): PodName & { owner: string | undefined } {
    const { namespace, name } = pod.metadata
    return { namespace, name, owner: ownerOf(pod, this.sandbox) }
  }
}

/** Whether a controller makes another that may go elsewhere. */
function comesBack(pod: Pod): boolean {
  const fate = drainFateOf(pod)
  return fate === 'goes' || fate === 'local-data'
}

/** The Pod that its controller makes in its place: that of a StatefulSet has the same name. */
export function replacementOf({ metadata, spec, ...pod }: Pod, count: number): Pod {
  const { deletionTimestamp: _ends, deletionGracePeriodSeconds: _grace, ...kept } = metadata
  const { nodeName: _old, ...free } = spec
  const name = metadata.generateName ? `${metadata.generateName}new-${count}` : metadata.name
  return { ...pod, metadata: { ...kept, name, uid: `${metadata.uid} again ${count}` }, spec: free, status: { phase: 'Pending' } }
}
