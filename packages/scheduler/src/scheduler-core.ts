import { isPodFinished, type Namespace, type Node, type Pod } from '@quarterdeck/api'
import { isApiError } from '@quarterdeck/api-machinery'
import { realClock, type Clock } from '@quarterdeck/controller-runtime'

import { unreserve } from './binding-cycle.ts'
import { Bindings, type BindingOutcomes } from './bindings.ts'
import { asksForLess } from './cache/asks-for-less.ts'
import { podInfoOf, type PodInfo } from './cache/pod-info.ts'
import { SchedulerCache, type Snapshot } from './cache/scheduler-cache.ts'
import { FailureMemo } from './cycle/failure-memo.ts'
import { formatFitFailure, type FitFailure } from './cycle/fit-failure.ts'
import { SchedulingCycle, type CycleResult, type Placement } from './cycle/scheduling-cycle.ts'
import type { ClusterEvent } from './framework/cluster-event.ts'
import type { CycleState } from './framework/cycle-state.ts'
import type { FailedAttempt } from './framework/failed-attempt.ts'
import type { PostFilterResult } from './framework/plugin.ts'
import type { Profile } from './framework/profile.ts'
import { nodeChanges } from './node-changes.ts'
import type { QueuedPod } from './queue/queued-pod.ts'
import { SchedulingQueue } from './queue/scheduling-queue.ts'
import { VerdictStore, type VerdictSink } from './verdicts.ts'
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
  verdictSink?: VerdictSink
  metrics?: SchedulerMetrics
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
  readonly cache = new SchedulerCache()
  readonly verdicts: VerdictStore
  readonly profiles: ReadonlyMap<string, Profile>
  readonly #options: SchedulerCoreOptions
  readonly #clock: Clock
  readonly #queue: SchedulingQueue
  readonly #cycle: SchedulingCycle
  readonly #memo = new FailureMemo()
  readonly #permits: WaitingPermits
  readonly #bindings: Bindings

  constructor(options: SchedulerCoreOptions) {
    this.#options = options
    this.#clock = options.clock ?? realClock
    this.#permits = new WaitingPermits(this.#clock)
    this.#bindings = new Bindings({
      permits: this.#permits,
      beforeBind: ({ pod }) => options.reports.binding(pod),
      outcomes: this.#outcomes,
      maxStoring: options.maxInFlight ?? 512,
    })
    const profiles = options.profiles({
      snapshot: this.cache,
      permits: this.#permits,
      activate: (uid) => this.#queue.activate(uid),
      clearNomination: (uid) => {
        const pod = this.#clearNomination(uid)
        if (pod) options.reports.nominationCleared(pod.pod)
      },
    })
    this.profiles = new Map(profiles.map((profile) => [profile.schedulerName, profile]))
    const [first] = profiles
    if (!first) throw new Error('a scheduler needs a profile')
    this.#queue = new SchedulingQueue({ precedes: (a, b) => first.queueSort.precedes(a, b), clock: this.#clock, ...options.backoff })
    this.#cycle = new SchedulingCycle(this.cache, options.random ?? Math.random)
    this.verdicts = new VerdictStore(options.verdictSink)
  }

  get sizes() {
    return { ...this.#queue.sizes, binding: this.#bindings.size }
  }

  setNode(node: Node, old?: Node): void {
    this.cache.setNode(node)
    const info = this.cache.get(node.metadata.name)
    if (!info) return
    if (!old) return this.announce({ type: 'node added', node: info })
    const changes = nodeChanges(old, node)
    if (changes.size > 0) this.announce({ type: 'node changed', node: info, old, changes })
  }

  removeNode(name: string): void {
    const node = this.cache.get(name)?.node
    this.cache.removeNode(name)
    if (node) this.announce({ type: 'node removed', node })
  }

  /** A namespace was added or changed, or is gone: terms of Pods may name it by its labels. */
  setNamespace(namespace: Namespace, old?: Namespace | 'deleted'): void {
    const { name, labels = {} } = namespace.metadata
    const isGone = old === 'deleted'
    const before = this.cache.namespaceLabels(name)
    if (!isGone && before && JSON.stringify(before) === JSON.stringify(labels)) return
    this.cache.setNamespace(name, isGone ? undefined : labels)
    this.announce({ type: 'Namespace', object: isGone ? undefined : namespace, old: isGone ? namespace : old })
  }

  /** A Pod was added or changed. */
  setPod(pod: Pod, old?: Pod): void {
    if (isPodFinished(pod)) return this.removePod(pod)
    if (pod.spec.nodeName) return this.#setPlaced(pod, pod.spec.nodeName)
    const profile = this.profiles.get(pod.spec.schedulerName || 'default-scheduler')
    if (!profile) return this.#followNomination(podInfoOf(pod), old)
    if (pod.metadata.deletionTimestamp) return this.removePod(pod)
    const info = podInfoOf(pod)
    this.#followNomination(info, old)
    const gate = this.#queue.set(info, profile)
    if (gate) this.#options.reports.gated(pod, gate)
  }

  removePod(pod: Pod): void {
    const { uid } = pod.metadata
    this.#queue.delete(uid)
    this.verdicts.remove(uid)
    this.#bindings.abandon(uid)
    this.#clearNomination(uid)
    const known = this.cache.podOf(uid)
    const nodeName = this.cache.nodeOf(uid)
    this.cache.removePod(uid)
    if (nodeName !== undefined) this.announce({ type: 'pod left', pod: known ?? podInfoOf(pod), nodeName, node: this.cache.get(nodeName) })
  }

  /** Something happened that may help Pods that wait. */
  announce(event: ClusterEvent): void {
    if (event.type === 'pod added') this.#memo.onAddition()
    else this.#memo.onImprovement()
    this.#queue.onEvent(event)
  }

  /** Places Pods until the signal aborts; resolves when the bindings under way are done. */
  async run(signal: AbortSignal): Promise<void> {
    let sliceEndsAt = performance.now() + sliceMs
    while (!signal.aborted) {
      const room = this.#bindings.room()
      if (room) await room
      const next = this.#queue.take()
      if (next) {
        const attempt = this.#schedule(next)
        if (attempt) await attempt
      } else if (!this.verdicts.explainNext()) await this.#queue.wait(signal)
      if (performance.now() < sliceEndsAt) continue
      await new Promise((resolve) => setImmediate(resolve))
      sliceEndsAt = performance.now() + sliceMs
    }
    this.#queue.stop()
    await this.#bindings.stop()
  }

  #setPlaced(pod: Pod, nodeName: string): void {
    const { uid } = pod.metadata
    this.#queue.delete(uid)
    this.verdicts.remove(uid)
    this.cache.nominations.delete(uid)
    const before = this.cache.podOf(uid)
    const isConfirmed = this.cache.isConfirmed(uid)
    if (before && isConfirmed && isSamePlacedPod(before.pod, pod)) {
      before.pod = pod
      return
    }
    const info = podInfoOf(pod)
    this.cache.setPod(info, nodeName)
    if (!before || !isConfirmed) return this.announce({ type: 'pod added', pod: info, nodeName, node: this.cache.get(nodeName) })
    this.announce({ type: 'pod relabelled', pod: info, old: before, nodeName, node: this.cache.get(nodeName) })
    if (asksForLess(info, before)) this.announce({ type: 'pod shrank', pod: info, nodeName, node: this.cache.get(nodeName) })
  }

  /** Another part, or this one before it was started again, noted where room is being made. */
  #followNomination(info: PodInfo, old: Pod | undefined): void {
    const nominated = info.pod.status.nominatedNodeName
    const changed = nominated !== old?.status.nominatedNodeName
    if (nominated && (changed || !this.cache.nominations.nodeOf(info.uid))) this.cache.nominations.set(info, nominated)
    else if (!nominated && changed) this.#clearNomination(info.uid)
  }

  #clearNomination(uid: string): PodInfo | undefined {
    const nodeName = this.cache.nominations.nodeOf(uid)
    if (nodeName === undefined) return undefined
    const pod = this.cache.nominations.on(nodeName).find((nominated) => nominated.uid === uid)
    this.cache.nominations.delete(uid)
    if (pod) this.announce({ type: 'pod left', pod, nodeName, node: this.cache.get(nodeName) })
    return pod
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
    else if (nominatedNodeName === '') this.#clearNomination(pod.uid)
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

/** Most changes are of a status; what a Pod takes on its node changes with its generation, and whom it concerns with its labels. */
function isSamePlacedPod(a: Pod, b: Pod): boolean {
  return (
    a.metadata.generation === b.metadata.generation &&
    a.metadata.deletionTimestamp === b.metadata.deletionTimestamp &&
    (a.metadata.labels === b.metadata.labels || JSON.stringify(a.metadata.labels) === JSON.stringify(b.metadata.labels))
  )
}
