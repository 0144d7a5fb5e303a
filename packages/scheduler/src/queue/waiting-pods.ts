import { nodeClassOf, schedulingClassOf } from '../cache/scheduling-class.ts'
import { always, mayHelp, type ClusterEvent, type ClusterEventType, type QueueingHints } from '../framework/cluster-event.ts'
import type { QueuedPod } from './queued-pod.ts'

/** Pods of one class that the same plugin turned away: one hint answers for all. */
interface Group {
  /** Undefined: the plugin doesn't say, any event may help. */
  hints: QueueingHints | undefined
  pods: Map<string, QueuedPod>
}

/** A plugin that turned a Pod away; the key is the same for Pods of the same class. */
interface Reason {
  key: string
  hints: QueueingHints | undefined
}

const anyEvent = 'any'

/** A Pod that found no nodes at all waits for one. */
const waitsForNode: QueueingHints = { 'node added': always }

/**
 * Pods that wait for events, by the events that may help them. An event that can help none of them costs a look into a map, however
 * many they are.
 */
export class WaitingPods {
  readonly #pods = new Map<string, { queued: QueuedPod; reasons: readonly Reason[] }>()
  readonly #groups = new Map<ClusterEventType | typeof anyEvent, Map<string, Group>>()

  get size(): number {
    return this.#pods.size
  }

  get(uid: string): QueuedPod | undefined {
    return this.#pods.get(uid)?.queued
  }

  *values(): IterableIterator<QueuedPod> {
    for (const { queued } of this.#pods.values()) yield queued
  }

  set(queued: QueuedPod): void {
    const { uid } = queued.pod
    this.delete(uid)
    const reasons = reasonsOf(queued)
    this.#pods.set(uid, { queued, reasons })
    for (const { key, hints } of reasons) {
      for (const type of eventsOf(hints)) {
        let groups = this.#groups.get(type)
        if (!groups) this.#groups.set(type, (groups = new Map()))
        const group = groups.get(key)
        if (group) group.pods.set(uid, queued)
        else groups.set(key, { hints, pods: new Map([[uid, queued]]) })
      }
    }
  }

  delete(uid: string): QueuedPod | undefined {
    const waiting = this.#pods.get(uid)
    if (!waiting) return undefined
    this.#pods.delete(uid)
    for (const { key, hints } of waiting.reasons) {
      for (const type of eventsOf(hints)) {
        const groups = this.#groups.get(type)
        const group = groups?.get(key)
        group?.pods.delete(uid)
        if (group?.pods.size === 0) groups?.delete(key)
      }
    }
    return waiting.queued
  }

  /** Those that the event may help. */
  helpedBy(event: ClusterEvent): QueuedPod[] {
    if (this.#pods.size === 0) return []
    const helped = new Map<string, QueuedPod>()
    for (const groups of [this.#groups.get(event.type), this.#groups.get(anyEvent)]) {
      for (const { hints, pods } of groups?.values() ?? []) {
        const [first] = pods.values()
        if (!first || (hints && !mayHelp(hints, event, first.pod))) continue
        for (const [uid, queued] of pods) helped.set(uid, queued)
      }
    }
    return [...helped.values()]
  }
}

/** Whether the event may change the mind of a plugin that turned the Pod away. */
export function mayHelpPod(event: ClusterEvent, queued: QueuedPod): boolean {
  return reasonsOf(queued).some(({ hints }) => !hints || mayHelp(hints, event, queued.pod))
}

function reasonsOf({ pod, profile, rejectedBy }: QueuedPod): Reason[] {
  const { schedulerName, byName } = profile
  if (rejectedBy.size === 0) return [{ key: schedulerName, hints: waitsForNode }]
  return [...rejectedBy].map((name) => {
    const plugin = byName.get(name)
    const alike = plugin?.isNodeLocal ? nodeClassOf(pod) : schedulingClassOf(pod)
    return { key: `${name}\n${schedulerName}\n${alike}`, hints: plugin?.hints }
  })
}

const eventsOf = (hints: QueueingHints | undefined): readonly (ClusterEventType | typeof anyEvent)[] =>
  hints ? (Object.keys(hints) as ClusterEventType[]) : [anyEvent]
