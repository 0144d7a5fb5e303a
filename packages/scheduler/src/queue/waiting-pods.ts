import type { PodInfo } from '../cache/pod-info.ts'
import { nodeClassOf, schedulingClassOf } from '../cache/scheduling-class.ts'
import { always, mayHelp, objectKeyOf, type ClusterEvent, type ClusterEventType, type QueueingHints } from '../framework/cluster-event.ts'
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

/** Where a Pod is found: a type of events, or a type and the key of the object that an event must be about. */
type Place = string

interface Waiting {
  queued: QueuedPod
  /** Uids of Pods that leave to make room for it and have not left yet. */
  awaited: Set<string>
  filed: readonly { key: string; hints: QueueingHints | undefined; places: readonly Place[] }[]
}

const anyEvent = 'any'
const podLeft = 'pod left' satisfies ClusterEventType
/** The room of a victim is promised: it helps those that await it, and of the others only those that have nothing promised yet. */
const nobodysVictimLeft = 'pod left, that nobody awaits'

/** A Pod that found no nodes at all waits for one. */
const waitsForNode: QueueingHints = { 'node added': always }

/**
 * Pods that wait for events, by the events that may help them. An event that can help none of them costs a look into a map, however
 * many they are.
 */
export class WaitingPods {
  readonly #pods = new Map<string, Waiting>()
  readonly #groups = new Map<Place, Map<string, Group>>()
  /** By the uid of a Pod that is to leave: those that wait for that. */
  readonly #awaiting = new Map<string, Set<Waiting>>()

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
    const awaited = new Set(queued.profile.awaits.flatMap((plugin) => plugin.awaits(queued.pod)))
    const filed = reasonsOf(queued).map(({ key, hints }) => ({
      key,
      hints,
      places: placesOf(hints, queued.pod).map((place) => (awaited.size > 0 && place === podLeft ? nobodysVictimLeft : place)),
    }))
    const waiting: Waiting = { queued, awaited, filed }
    this.#pods.set(uid, waiting)
    for (const other of awaited) {
      const those = this.#awaiting.get(other)
      if (those) those.add(waiting)
      else this.#awaiting.set(other, new Set([waiting]))
    }
    for (const { key, hints, places } of filed) {
      for (const place of places) {
        let groups = this.#groups.get(place)
        if (!groups) this.#groups.set(place, (groups = new Map()))
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
    for (const other of waiting.awaited) this.#awaitNoMore(waiting, other)
    for (const { key, places } of waiting.filed) {
      for (const place of places) {
        const groups = this.#groups.get(place)
        const group = groups?.get(key)
        group?.pods.delete(uid)
        if (group?.pods.size === 0) groups?.delete(key)
        if (groups?.size === 0) this.#groups.delete(place)
      }
    }
    return waiting.queued
  }

  /** Those that the event may help. */
  helpedBy(event: ClusterEvent): QueuedPod[] {
    if (this.#pods.size === 0) return []
    const helped = new Map<string, QueuedPod>()
    const left = event.type === podLeft ? event.pod.uid : ''
    const awaitedBy = this.#awaiting.get(left)
    for (const waiting of awaitedBy ?? []) {
      this.#awaitNoMore(waiting, left)
      if (waiting.awaited.size === 0) helped.set(waiting.queued.pod.uid, waiting.queued)
    }
    for (const place of placesOfEvent(event, awaitedBy !== undefined)) {
      for (const { hints, pods } of this.#groups.get(place)?.values() ?? []) {
        const [first] = pods.values()
        if (!first || (hints && !mayHelp(hints, event, first.pod))) continue
        for (const [uid, queued] of pods) helped.set(uid, queued)
      }
    }
    return [...helped.values()]
  }

  #awaitNoMore(waiting: Waiting, uid: string): void {
    waiting.awaited.delete(uid)
    const those = this.#awaiting.get(uid)
    those?.delete(waiting)
    if (those?.size === 0) this.#awaiting.delete(uid)
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

function placesOf(hints: QueueingHints | undefined, pod: PodInfo): Place[] {
  if (!hints) return [anyEvent]
  return Object.entries(hints).flatMap(([type, hint]) =>
    typeof hint === 'function' ? [type] : hint.keysOf(pod).map((key) => placeOfObject(type, key)),
  )
}

function placesOfEvent(event: ClusterEvent, isAwaited: boolean): Place[] {
  const key = objectKeyOf(event)
  return [
    event.type,
    ...(event.type === podLeft && !isAwaited ? [nobodysVictimLeft] : []),
    ...(key === undefined ? [] : [placeOfObject(event.type, key)]),
    anyEvent,
  ]
}

const placeOfObject = (type: string, key: string): Place => `${type} ${key}`
