import { KeyedHeap, type Clock } from '@quarterdeck/controller-runtime'

import type { PodInfo } from '../cache/pod-info.ts'
import type { ClusterEvent } from '../framework/cluster-event.ts'
import type { QueueOrder } from '../framework/plugin.ts'
import type { Profile } from '../framework/profile.ts'
import { InFlightEvents } from './in-flight-events.ts'
import type { QueuedPod } from './queued-pod.ts'
import { mayHelpPod, WaitingPods } from './waiting-pods.ts'

export interface QueueSizes {
  active: number
  backoff: number
  unschedulable: number
  gated: number
}

export interface QueueOptions {
  precedes(a: QueueOrder, b: QueueOrder): boolean
  clock: Clock
  /** Default 1000. */
  initialBackoffMs?: number
  /** Default 10,000. */
  maxBackoffMs?: number
}

/** A Pod that no event helped is tried again anyway. */
const longestWaitMs = 300_000
const sweepEveryMs = 30_000

/**
 * Pods waiting for a node, each in exactly one place: gated (not allowed to be queued), active (to be tried now, in the profile's
 * order), backoff (to be tried when its backoff ends, or sooner if nothing else is to be tried), resting (to be tried when its
 * backoff ends: something failed), unschedulable (to be tried when an event may help), or taken by a cycle or a binding, from where
 * it comes back through `retry…` or not at all.
 */
export class SchedulingQueue {
  readonly #clock: Clock
  readonly #initialBackoffMs: number
  readonly #maxBackoffMs: number
  readonly #active: KeyedHeap<QueuedPod>
  readonly #backoff: KeyedHeap<QueuedPod>
  readonly #resting: KeyedHeap<QueuedPod>
  readonly #unschedulable = new WaitingPods()
  readonly #gated = new WaitingPods()
  readonly #taken = new Map<string, QueuedPod>()
  readonly #missed = new InFlightEvents()
  #lastQueuedAtMs = 0
  #wake: () => void = () => {}
  #cancelBackoff: (() => void) | undefined
  #cancelSweep: (() => void) | undefined

  constructor({ precedes, clock, initialBackoffMs = 1000, maxBackoffMs = 10_000 }: QueueOptions) {
    this.#clock = clock
    this.#initialBackoffMs = initialBackoffMs
    this.#maxBackoffMs = maxBackoffMs
    this.#active = new KeyedHeap<QueuedPod>(precedes)
    const endsSooner = (a: QueuedPod, b: QueuedPod): boolean => this.#backoffEndsAtMs(a) < this.#backoffEndsAtMs(b)
    this.#backoff = new KeyedHeap(endsSooner)
    this.#resting = new KeyedHeap(endsSooner)
  }

  get sizes(): QueueSizes {
    return {
      active: this.#active.size,
      backoff: this.#backoff.size + this.#resting.size,
      unschedulable: this.#unschedulable.size,
      gated: this.#gated.size,
    }
  }

  /** Whether a Pod waits to be tried now. */
  get hasActive(): boolean {
    return this.#active.size > 0 || this.#backoff.size > 0
  }

  /** All but those that may not be queued, in the order in which they came. */
  list(): QueuedPod[] {
    const waiting = [this.#active, this.#backoff, this.#resting, this.#unschedulable].flatMap((part) => [...part.values()])
    return [...waiting, ...this.#taken.values()].toSorted((a, b) => a.queuedAtMs - b.queuedAtMs)
  }

  get(uid: string): QueuedPod | undefined {
    const waiting = this.#active.get(uid) ?? this.#backoff.get(uid) ?? this.#resting.get(uid)
    return waiting ?? this.#unschedulable.get(uid) ?? this.#gated.get(uid) ?? this.#taken.get(uid)
  }

  /** Adds a Pod, or notes its change. Returns what keeps it out of the queue, if anything. */
  set(pod: PodInfo, profile: Profile): string | undefined {
    const { uid } = pod
    const taken = this.#taken.get(uid)
    if (taken) {
      if (!isSameForScheduling(taken.pod, pod)) this.#missed.record({ type: 'pod itself', pod, old: taken.pod })
      taken.pod = pod
      return undefined
    }
    const waiting = this.#unschedulable.get(uid)
    if (waiting) return this.#change(waiting, pod)
    const queued = this.#active.get(uid) ?? this.#backoff.get(uid) ?? this.#resting.get(uid)
    const known = queued ?? this.#gated.get(uid)
    if (known && isSameForScheduling(known.pod, pod)) {
      if (queued) queued.pod = pod
      else this.#gated.set({ ...known, pod })
      return undefined
    }
    this.delete(uid)
    return this.#activate(
      known
        ? { ...known, pod, profile }
        : { pod, profile, queuedAtMs: this.#nextQueuedAtMs(), attempts: 0, failedAtMs: 0, rejectedBy: new Set() },
    )
  }

  delete(uid: string): void {
    this.#active.delete(uid)
    this.#backoff.delete(uid)
    this.#resting.delete(uid)
    this.#unschedulable.delete(uid)
    this.#gated.delete(uid)
    this.#taken.delete(uid)
    this.#missed.end(uid)
  }

  /** The Pod to try next. It stays known as taken until it is retried or deleted. */
  take(): QueuedPod | undefined {
    const next = this.#active.pop() ?? this.#backoff.pop()
    if (!next) return undefined
    next.attempts++
    this.#taken.set(next.pod.uid, next)
    this.#missed.begin(next.pod.uid)
    return next
  }

  /** Whether the Pod is still to be placed by whoever took it. */
  isTaken(queued: QueuedPod): boolean {
    return this.#taken.get(queued.pod.uid) === queued
  }

  /** No node was right: waits for an event that may change that, unless it happened already. False if the Pod is gone. */
  retryAfterEvent(queued: QueuedPod, rejectedBy: ReadonlySet<string>): boolean {
    const missed = this.#missed.end(queued.pod.uid)
    const current = this.#giveBack(queued)
    if (!current) return false
    const waiting = { ...current, rejectedBy, failedAtMs: this.#clock.now() }
    if (!missed || missed.some((event) => !isOwn(event, waiting) && mayHelpPod(event, waiting))) {
      this.#activate(waiting)
      return true
    }
    this.#unschedulable.set(waiting)
    this.#cancelSweep ??= this.#clock.after(sweepEveryMs, () => this.#sweep())
    return true
  }

  /** Something failed that has nothing to do with the nodes: waits for its backoff. False if the Pod is gone. */
  retryAfterBackoff(queued: QueuedPod): boolean {
    this.#missed.end(queued.pod.uid)
    const current = this.#giveBack(queued)
    if (!current) return false
    this.#resting.set(current.pod.uid, { ...current, failedAtMs: this.#clock.now() })
    this.#scheduleBackoff()
    return true
  }

  /** Pods that the event may help are tried again. */
  onEvent(event: ClusterEvent): void {
    this.#missed.record(event)
    for (const queued of this.#unschedulable.helpedBy(event)) {
      if (!isOwn(event, queued)) this.activate(queued.pod.uid)
    }
    for (const queued of this.#gated.helpedBy(event)) {
      this.#gated.delete(queued.pod.uid)
      this.#activate(queued)
    }
  }

  /** A Pod that waits for an event waits no longer. */
  activate(uid: string): void {
    const queued = this.#unschedulable.delete(uid)
    if (queued) this.#activate(queued)
  }

  /** Resolves when there may be something to take, or the signal aborts. */
  wait(signal: AbortSignal): Promise<void> {
    if (this.hasActive || signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const end = (): void => {
        signal.removeEventListener('abort', end)
        resolve()
      }
      this.#wake = end
      signal.addEventListener('abort', end, { once: true })
    })
  }

  stop(): void {
    this.#cancelBackoff?.()
    this.#cancelSweep?.()
  }

  /** A waiting Pod changed: that may help it, too. */
  #change(waiting: QueuedPod, pod: PodInfo): string | undefined {
    const old = waiting.pod
    const changed = { ...waiting, pod }
    if (!isSameForScheduling(old, pod) && mayHelpPod({ type: 'pod itself', pod, old }, changed)) {
      this.#unschedulable.delete(pod.uid)
      return this.#activate(changed)
    }
    this.#unschedulable.set(changed)
    return undefined
  }

  /** Undefined if the Pod was deleted meanwhile. Its latest state counts. */
  #giveBack(queued: QueuedPod): QueuedPod | undefined {
    const current = this.#taken.get(queued.pod.uid)
    this.#taken.delete(queued.pod.uid)
    return current
  }

  /** Pods of the same millisecond keep their order. */
  #nextQueuedAtMs(): number {
    this.#lastQueuedAtMs = Math.max(this.#lastQueuedAtMs + 0.001, this.#clock.now())
    return this.#lastQueuedAtMs
  }

  /** To the active queue, or first to the backoff if that has not ended, if nothing keeps it out. */
  #activate(queued: QueuedPod): string | undefined {
    for (const plugin of queued.profile.preEnqueue) {
      const rejected = plugin.preEnqueue(queued.pod)
      if (!rejected) continue
      this.#gated.set({ ...queued, rejectedBy: new Set([plugin.name]) })
      return rejected.reasons.join(', ')
    }
    const isEarly = this.#backoffEndsAtMs(queued) > this.#clock.now()
    ;(isEarly ? this.#backoff : this.#active).set(queued.pod.uid, queued)
    if (isEarly) this.#scheduleBackoff()
    this.#wake()
    return undefined
  }

  #scheduleBackoff(): void {
    this.#cancelBackoff?.()
    const ends = [this.#backoff.peek(), this.#resting.peek()].flatMap((next) => (next ? [this.#backoffEndsAtMs(next)] : []))
    const waitMs = Math.min(...ends) - this.#clock.now()
    this.#cancelBackoff = ends.length > 0 ? this.#clock.after(waitMs, () => this.#endBackoffs()) : undefined
  }

  #endBackoffs(): void {
    for (const heap of [this.#backoff, this.#resting]) {
      for (let next = heap.peek(); next && this.#backoffEndsAtMs(next) <= this.#clock.now(); next = heap.peek()) {
        heap.pop()
        this.#active.set(next.pod.uid, next)
      }
    }
    this.#scheduleBackoff()
    if (this.#active.size > 0) this.#wake()
  }

  #sweep(): void {
    const before = this.#clock.now() - longestWaitMs
    for (const queued of this.#unschedulable.values()) if (queued.failedAtMs <= before) this.activate(queued.pod.uid)
    this.#cancelSweep = this.#unschedulable.size > 0 ? this.#clock.after(sweepEveryMs, () => this.#sweep()) : undefined
  }

  #backoffEndsAtMs({ attempts, failedAtMs }: QueuedPod): number {
    return attempts === 0 ? 0 : failedAtMs + Math.min(this.#initialBackoffMs * 2 ** Math.min(attempts - 1, 20), this.#maxBackoffMs)
  }
}

/** That a Pod's own placing was undone doesn't help it. */
const isOwn = (event: ClusterEvent, { pod }: QueuedPod): boolean => event.type === 'pod left' && event.pod.uid === pod.uid

/** A change of status alone, or of annotations, gives no reason for another attempt. */
function isSameForScheduling(a: PodInfo, b: PodInfo): boolean {
  return (
    a.pod.metadata.generation === b.pod.metadata.generation &&
    a.pod.metadata.generation !== undefined &&
    JSON.stringify(a.labels) === JSON.stringify(b.labels) &&
    JSON.stringify(a.pod.status.resourceClaimStatuses) === JSON.stringify(b.pod.status.resourceClaimStatuses)
  )
}
