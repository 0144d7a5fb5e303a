import type { Namespace, Node, Pod } from '@quarterdeck/api'
import { isApiError } from '@quarterdeck/api-machinery'
import { realClock, type Clock } from '@quarterdeck/controller-runtime'

import { unreserve } from './binding-cycle.ts'
import { Bindings, type BindingOutcomes } from './bindings.ts'
import { SchedulerCache, type Snapshot } from './cache/scheduler-cache.ts'
import { ClusterIntake, type PendingPods } from './cluster-intake.ts'
import { FailureMemo } from './cycle/failure-memo.ts'
import { formatFitFailure, type FitFailure } from './cycle/fit-failure.ts'
import { SchedulingCycle, type CycleResult, type Placement } from './cycle/scheduling-cycle.ts'
import type { ClusterEvent } from './framework/cluster-event.ts'
import type { CycleState } from './framework/cycle-state.ts'
import type { FailedAttempt } from './framework/failed-attempt.ts'
import type { PostFilterResult } from './framework/plugin.ts'
import type { Profile } from './framework/profile.ts'
import type { QueuedPod } from './queue/queued-pod.ts'
import { SchedulingQueue } from './queue/scheduling-queue.ts'
import { createPacer } from './pacer.ts'
import { VerdictStore } from './verdicts.ts'
import { WaitingPermits } from './waiting-permits.ts'

/** What the core tells about Pods; it stores nothing itself. */
export interface SchedulerReports {
  /** The Pod is about to be bound. A promise if something is still being told about it, which must be over before. */
  binding(pod: Pod): Promise<void> | undefined
  scheduled(pod: Pod, nodeName: string): void
  /** `nominatedNodeName`: where room is being made; '': nowhere any more; undefined: as before. */
  unschedulable(pod: Pod, message: string, nominatedNodeName: string | undefined): void
  gated(pod: Pod, message: string): void
  /** The room that was being made is for another. */
  nominationCleared(pod: Pod): void
  failed(pod: Pod, error: unknown): void
}

/** What plugins may use of the core that runs them. */
export interface CoreHandle {
  /** Live: outside a cycle it changes at any time. */
  readonly snapshot: Snapshot & Pick<SchedulerCache, 'podOf'>
  readonly permits: WaitingPermits
  /** A Pod that waits for an event waits no longer. */
  activate(podUid: string): void
  /** Takes back what was promised to a Pod. */
  clearNomination(podUid: string): void
}

export interface SchedulerCoreOptions {
  /** One for each scheduler name; all order the queue alike. */
  profiles: (handle: CoreHandle) => readonly Profile[]
  reports: SchedulerReports
  clock?: Clock
  random?: () => number
  /** Bindings under way at the same time; the loop waits at the limit. */
  maxInFlight?: number
  backoff?: { initialBackoffMs?: number; maxBackoffMs?: number }
  metrics?: SchedulerMetrics
  /** What is known at the beginning. Default: nothing. */
  cache?: SchedulerCache
}

export interface SchedulerMetrics {
  /** Room was looked for by preemption; `victims` is 0 if there was none. */
  preempted?(victims: number): void
  /** A Pod was bound after so many attempts, so long after it was first queued. */
  scheduled?(attempts: number, seconds: number): void
  attempted(result: 'scheduled' | 'unschedulable' | 'error', seconds: number): void
}

/** How long the loop keeps the process to itself before it lets others run. */
const sliceMs = 8

/** The scheduler without its connections: told of nodes and Pods, it places Pods and binds them through its plugins. */
export class SchedulerCore {
  readonly cache: SchedulerCache
  readonly verdicts = new VerdictStore()
  readonly profiles: ReadonlyMap<string, Profile>
  readonly #options: SchedulerCoreOptions
  readonly #clock: Clock
  readonly #queue: SchedulingQueue
  readonly #cycle: SchedulingCycle
  readonly #memo = new FailureMemo()
  readonly #permits: WaitingPermits
  readonly #bindings: Bindings
  readonly #intake: ClusterIntake

  constructor(options: SchedulerCoreOptions) {
    this.#options = options
    this.cache = options.cache ?? new SchedulerCache()
    this.#clock = options.clock ?? realClock
    this.#permits = new WaitingPermits(this.#clock)
    this.#bindings = new Bindings({
      permits: this.#permits,
      beforeBind: ({ pod }) => options.reports.binding(pod),
      outcomes: this.#outcomes,
      maxStoring: options.maxInFlight ?? 512,
    })
    this.#intake = new ClusterIntake({
      cache: this.cache,
      pending: this.#pending,
      announce: (event) => this.announce(event),
    })
    const profiles = options.profiles({
      snapshot: this.cache,
      permits: this.#permits,
      activate: (uid) => this.#queue.activate(uid),
      clearNomination: (uid) => {
        const pod = this.#intake.clearNomination(uid)
        if (pod) options.reports.nominationCleared(pod.pod)
      },
    })
    this.profiles = new Map(profiles.map((profile) => [profile.schedulerName, profile]))
    const [first] = profiles
    if (!first) throw new Error('a scheduler needs a profile')
    this.#queue = new SchedulingQueue({ precedes: (a, b) => first.queueSort.precedes(a, b), clock: this.#clock, ...options.backoff })
    this.#cycle = new SchedulingCycle(this.cache, options.random ?? Math.random)
  }

  get sizes() {
    return { ...this.#queue.sizes, binding: this.#bindings.size }
  }

  setNode(node: Node, old?: Node): void {
    this.#intake.setNode(node, old)
  }

  removeNode(name: string): void {
    this.#intake.removeNode(name)
  }

  setNamespace(namespace: Namespace, old?: Namespace | 'deleted'): void {
    this.#intake.setNamespace(namespace, old)
  }

  setPod(pod: Pod, old?: Pod): void {
    this.#intake.setPod(pod, old)
  }

  removePod(pod: Pod): void {
    this.#intake.removePod(pod)
  }

  /** Something else happened that may help Pods that wait. */
  announce(event: ClusterEvent): void {
    if (event.type === 'pod added') this.#memo.onAddition()
    else this.#memo.onImprovement()
    this.#queue.onEvent(event)
  }

  /** Whether a Pod is to be tried now. */
  get hasActive(): boolean {
    return this.#queue.hasActive
  }

  /** Pods that wait for a node and may be tried, in the order in which they would be. */
  get pending(): QueuedPod[] {
    return this.#queue.list()
  }

  /** A Pod that waits, gated or being tried too. */
  pendingPod(uid: string): QueuedPod | undefined {
    return this.#queue.get(uid)
  }

  /** Places Pods until the signal aborts; resolves when the bindings under way are done. */
  async run(signal: AbortSignal): Promise<void> {
    await this.#loop(signal, () => this.#queue.wait(signal))
    this.#queue.stop()
    await this.#bindings.stop()
  }

  /** Places Pods until an event would be needed to place another, or the signal aborts. */
  async settle(signal: AbortSignal): Promise<void> {
    await this.#loop(signal, () => this.#bindings.settled() ?? 'end')
  }

  /** `idle` is asked when there is nothing to be tried. */
  async #loop(signal: AbortSignal, idle: () => Promise<void> | 'end'): Promise<void> {
    const pause = createPacer(sliceMs)
    while (!signal.aborted) {
      const room = this.#bindings.room()
      if (room) await room
      const next = this.#queue.take()
      if (next) {
        const attempt = this.#schedule(next)
        if (attempt) await attempt
      } else {
        const waiting = idle()
        if (waiting === 'end') return
        await waiting
      }
      const paused = pause()
      if (paused) await paused
    }
  }

  #schedule(queued: QueuedPod): Promise<void> | undefined {
    const { pod } = queued
    if (this.cache.nodeOf(pod.uid) !== undefined) {
      this.#queue.delete(pod.uid)
      return undefined
    }
    try {
      const attempt = this.#attempt(queued)
      return attempt?.catch((error: unknown) => this.#fail(queued, error))
    } catch (error) {
      this.#fail(queued, error)
      return undefined
    }
  }

  /** One Pod that a plugin can't cope with must not stop the others. */
  #fail(queued: QueuedPod, error: unknown): void {
    this.cache.forget(queued.pod.uid)
    this.#queue.retryAfterBackoff(queued)
    this.#options.metrics?.attempted('error', 0)
    this.#options.reports.failed(queued.pod.pod, error)
  }

  #attempt(queued: QueuedPod): Promise<void> | undefined {
    const startedAt = performance.now()
    const known = queued.profile.extenders.length === 0 ? this.#memo.get(queued.pod) : undefined
    if (known && !this.cache.nominations.nodeOf(queued.pod.uid)) {
      this.#turnAway(queued, { failure: known, startedAt })
      return undefined
    }
    const result = this.#cycle.run(queued.pod, queued.profile)
    if (result instanceof Promise) {
      // Meanwhile the Pod may have gone.
      return result.then((outcome) => (this.#queue.isTaken(queued) ? this.#conclude(queued, outcome, startedAt) : undefined))
    }
    return this.#conclude(queued, result, startedAt)
  }

  #conclude(queued: QueuedPod, result: CycleResult, startedAt: number): Promise<void> | undefined {
    if ('placement' in result) {
      this.#place(queued, result.placement)
      this.#options.metrics?.attempted('scheduled', secondsSince(startedAt))
      return undefined
    }
    const { failure, attempt } = result
    const finish = (found: PostFilterResult | undefined): void => {
      attempt.state.trial = undefined
      const isMade = Boolean(found?.nominatedNodeName)
      const complete = { ...failure, postFilterMessage: found?.message }
      if (!isMade) this.#memo.set(queued.pod, queued.profile, complete)
      this.#turnAway(queued, { failure: complete, state: attempt.state, nominatedNodeName: found?.nominatedNodeName, startedAt })
    }
    const found = failure.nodeCount > 0 ? this.#postFilter(queued, attempt) : undefined
    if (found instanceof Promise) return found.then(finish)
    finish(found)
    return undefined
  }

  /** The first plugin that has something to say. */
  #postFilter({ pod, profile }: QueuedPod, attempt: FailedAttempt): PostFilterResult | undefined | Promise<PostFilterResult | undefined> {
    for (const plugin of profile.postFilter) {
      const found = plugin.postFilter(pod, attempt)
      if (found) return found
    }
    return undefined
  }

  #turnAway(
    queued: QueuedPod,
    result: { failure: FitFailure; state?: CycleState; nominatedNodeName?: string | undefined; startedAt: number },
  ): void {
    const { pod, profile } = queued
    const { failure, nominatedNodeName } = result
    if (nominatedNodeName) this.cache.nominations.set(pod, nominatedNodeName)
    else if (nominatedNodeName === '') this.#intake.clearNomination(pod.uid)
    this.#queue.retryAfterEvent(queued, failure.rejectedBy)
    this.verdicts.put(pod, { failure, profile, snapshot: this.cache, nowMs: this.#clock.now() })
    this.#options.reports.unschedulable(pod.pod, formatFitFailure(failure), nominatedNodeName)
    this.#options.metrics?.attempted('unschedulable', secondsSince(result.startedAt))
  }

  #place(queued: QueuedPod, placement: Placement): void {
    const { pod } = queued
    this.cache.assume(pod, placement.nodeName)
    this.#memo.onAddition()
    this.cache.nominations.delete(pod.uid)
    this.#bindings.start(queued, placement)
  }

  readonly #pending: PendingPods = {
    set: (pod) => {
      const profile = this.profiles.get(pod.pod.spec.schedulerName || 'default-scheduler')
      const gate = profile && this.#queue.set(pod, profile)
      if (gate) this.#options.reports.gated(pod.pod, gate)
    },
    place: (uid) => {
      this.#queue.delete(uid)
      this.verdicts.remove(uid)
    },
    remove: (uid) => {
      this.#queue.delete(uid)
      this.verdicts.remove(uid)
      this.#bindings.abandon(uid)
    },
  }

  readonly #outcomes: BindingOutcomes = {
    bound: ({ pod, attempts, queuedAtMs }, { nodeName }) => {
      this.verdicts.remove(pod.uid)
      this.#options.metrics?.scheduled?.(attempts, (this.#clock.now() - queuedAtMs) / 1000)
      this.#options.reports.scheduled(pod.pod, nodeName)
    },
    turnedAway: (queued, placement, { plugin, rejection }) => {
      this.#release(queued, placement)
      const isWaiting = this.#queue.retryAfterEvent(queued, new Set([plugin]))
      if (isWaiting) this.#options.reports.unschedulable(queued.pod.pod, rejection.reasons.join(', '), undefined)
    },
    failed: (queued, placement, error) => {
      this.#release(queued, placement)
      this.#options.metrics?.attempted('error', 0)
      if (isApiError(error, 'NotFound')) return this.#queue.delete(queued.pod.uid)
      if (this.#queue.retryAfterBackoff(queued)) this.#options.reports.failed(queued.pod.pod, error)
    },
  }

  #release({ pod, profile }: QueuedPod, placement: Placement): void {
    const { nodeName } = placement
    unreserve(pod, profile, placement)
    this.cache.forget(pod.uid)
    this.announce({ type: 'pod left', pod, nodeName, node: this.cache.get(nodeName) })
  }
}

const secondsSince = (startedAt: number): number => (performance.now() - startedAt) / 1000
