import { KeyedHeap, type Clock } from '@quarterdeck/controller-runtime'

import type { PodInfo } from '../cache/pod-info.ts'
import type { ClusterEvent } from '../framework/plugin.ts'
import type { Profile } from '../framework/profile.ts'

export interface QueuedPod {
  pod: PodInfo
  profile: Profile
  /** When it was first queued, in ms since the epoch; no two are the same. */
  queuedAtMs: number
  attempts: number
  /** When its last attempt failed. */
  failedAtMs: number
  /** Plugins that turned it away in the last attempt. */
  rejectedBy: ReadonlySet<string>
}

export interface QueueSizes {
  active: number
  backoff: number
  unschedulable: number
  gated: number
}

const baseBackoffMs = 1_000
const maxBackoffMs = 10_000
/** A Pod that no event helped is tried again anyway. */
const longestWaitMs = 300_000
const sweepEveryMs = 30_000

/**
 * Pods waiting for a node, each in exactly one place: gated (not allowed to be queued), active (to be tried now, in the profile's
 * order), backoff (to be tried when its backoff ends), unschedulable (to be tried when an event may help), or taken by a cycle
 * or a binding, from where it comes back through `retry…` or not at all.
 */
export class SchedulingQueue {
  readonly #clock: Clock
  readonly #active: KeyedHeap<QueuedPod>
  readonly #backoff = new KeyedHeap<QueuedPod>((a, b) => backoffEndsAtMs(a) < backoffEndsAtMs(b))
  readonly #unschedulable = new Map<string, QueuedPod>()
  readonly #gated = new Map<string, QueuedPod>()
  readonly #taken = new Map<string, QueuedPod>()
  #lastQueuedAtMs = 0
  #wake: () => void = () => {}
  #cancelBackoff: (() => void) | undefined
  #cancelSweep: (() => void) | undefined

  constructor(profile: Profile, clock: Clock) {
    this.#clock = clock
    this.#active = new KeyedHeap((a, b) => profile.queueSort.precedes(a, b))
  }

  get sizes(): QueueSizes {
    return { active: this.#active.size, backoff: this.#backoff.size, unschedulable: this.#unschedulable.size, gated: this.#gated.size }
  }

  /** Adds a Pod, or notes its change: one that changed is worth another attempt. Returns what keeps it out of the queue, if anything. */
  set(pod: PodInfo, profile: Profile): string | undefined {
    const { uid } = pod
    const taken = this.#taken.get(uid)
    if (taken) {
      taken.pod = pod
      return undefined
    }
    const known = this.#active.get(uid) ?? this.#backoff.get(uid) ?? this.#unschedulable.get(uid) ?? this.#gated.get(uid)
    const queued: QueuedPod = known
      ? { ...known, pod, profile }
      : { pod, profile, queuedAtMs: this.#nextQueuedAtMs(), attempts: 0, failedAtMs: 0, rejectedBy: new Set() }
    if (known && isSameForScheduling(known.pod, pod)) {
      this.#replace(queued)
      return undefined
    }
    this.delete(uid)
    for (const plugin of profile.preEnqueue) {
      const rejected = plugin.preEnqueue(pod)
      if (!rejected) continue
      this.#gated.set(uid, { ...queued, rejectedBy: new Set([plugin.name]) })
      return rejected.reasons.join(', ')
    }
    this.#activate(queued)
    return undefined
  }

  delete(uid: string): void {
    this.#active.delete(uid)
    this.#backoff.delete(uid)
    this.#unschedulable.delete(uid)
    this.#gated.delete(uid)
    this.#taken.delete(uid)
  }

  /** The Pod to try next. It stays known as taken until it is retried or deleted. */
  take(): QueuedPod | undefined {
    const next = this.#active.pop()
    if (!next) return undefined
    next.attempts++
    this.#taken.set(next.pod.uid, next)
    return next
  }

  /** No node was right: waits for an event that may change that. */
  retryAfterEvent(queued: QueuedPod, rejectedBy: ReadonlySet<string>): void {
    const current = this.#giveBack(queued)
    if (!current) return
    this.#unschedulable.set(current.pod.uid, { ...current, rejectedBy, failedAtMs: this.#clock.now() })
    this.#cancelSweep ??= this.#clock.after(sweepEveryMs, () => this.#sweep())
  }

  /** Something failed that has nothing to do with the nodes: waits for its backoff. */
  retryAfterBackoff(queued: QueuedPod): void {
    const current = this.#giveBack(queued)
    if (current) this.#activate({ ...current, failedAtMs: this.#clock.now() })
  }

  /** Pods that the event may help are tried again. */
  onEvent(event: ClusterEvent): void {
    for (const [uid, queued] of this.#unschedulable) {
      if (!mayHelp(event, queued)) continue
      this.#unschedulable.delete(uid)
      this.#activate(queued)
    }
  }

  /** Resolves when there may be something to take, or the signal aborts. */
  wait(signal: AbortSignal): Promise<void> {
    if (this.#active.size > 0 || signal.aborted) return Promise.resolve()
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

  #replace(queued: QueuedPod): void {
    const { uid } = queued.pod
    if (this.#active.get(uid)) this.#active.set(uid, queued)
    else if (this.#backoff.get(uid)) this.#backoff.set(uid, queued)
    else if (this.#unschedulable.has(uid)) this.#unschedulable.set(uid, queued)
    else this.#gated.set(uid, queued)
  }

  /** To the active queue, or first to the backoff if that has not ended. */
  #activate(queued: QueuedPod): void {
    if (backoffEndsAtMs(queued) > this.#clock.now()) {
      this.#backoff.set(queued.pod.uid, queued)
      this.#scheduleBackoff()
      return
    }
    this.#active.set(queued.pod.uid, queued)
    this.#wake()
  }

  #scheduleBackoff(): void {
    this.#cancelBackoff?.()
    const next = this.#backoff.peek()
    this.#cancelBackoff = next && this.#clock.after(backoffEndsAtMs(next) - this.#clock.now(), () => this.#endBackoffs())
  }

  #endBackoffs(): void {
    for (let next = this.#backoff.peek(); next && backoffEndsAtMs(next) <= this.#clock.now(); next = this.#backoff.peek()) {
      this.#backoff.pop()
      this.#active.set(next.pod.uid, next)
    }
    this.#scheduleBackoff()
    if (this.#active.size > 0) this.#wake()
  }

  #sweep(): void {
    const before = this.#clock.now() - longestWaitMs
    for (const [uid, queued] of this.#unschedulable) {
      if (queued.failedAtMs > before) continue
      this.#unschedulable.delete(uid)
      this.#activate(queued)
    }
    this.#cancelSweep = this.#unschedulable.size > 0 ? this.#clock.after(sweepEveryMs, () => this.#sweep()) : undefined
  }
}

function backoffEndsAtMs({ attempts, failedAtMs }: QueuedPod): number {
  return attempts === 0 ? 0 : failedAtMs + Math.min(baseBackoffMs * 2 ** Math.min(attempts - 1, 10), maxBackoffMs)
}

/** Any of the plugins that rejected the Pod may change its mind. One that doesn't say is asked again. */
function mayHelp(event: ClusterEvent, { pod, profile, rejectedBy }: QueuedPod): boolean {
  for (const name of rejectedBy) if (profile.byName.get(name)?.canHelp?.(event, pod) ?? true) return true
  return rejectedBy.size === 0
}

/** A change of status alone, or of annotations, gives no reason for another attempt. */
function isSameForScheduling(a: PodInfo, b: PodInfo): boolean {
  return (
    a.pod.metadata.generation === b.pod.metadata.generation &&
    a.pod.metadata.generation !== undefined &&
    JSON.stringify(a.pod.metadata.labels) === JSON.stringify(b.pod.metadata.labels)
  )
}
