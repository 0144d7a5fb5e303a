import type { Node, Pod } from '@quarterdeck/api'
import { isApiError } from '@quarterdeck/api-machinery'
import { realClock, type Clock } from '@quarterdeck/controller-runtime'

import { podInfoOf, type PodInfo } from './cache/pod-info.ts'
import { SchedulerCache } from './cache/scheduler-cache.ts'
import { formatFitFailure } from './cycle/fit-failure.ts'
import { SchedulingCycle, type Placement } from './cycle/scheduling-cycle.ts'
import type { CycleState, NodeChange } from './framework/plugin.ts'
import type { Profile } from './framework/profile.ts'
import { SchedulingQueue, type QueuedPod } from './queue/scheduling-queue.ts'
import { VerdictStore, verdictsFor, type VerdictSink } from './verdicts.ts'

/** What the core tells about Pods; it stores nothing itself. */
export interface SchedulerReports {
  scheduled(pod: Pod, nodeName: string): void
  unschedulable(pod: Pod, message: string): void
  gated(pod: Pod, message: string): void
  failed(pod: Pod, error: unknown): void
}

export interface SchedulerCoreOptions {
  profile: Profile
  reports: SchedulerReports
  clock?: Clock
  random?: () => number
  /** Bindings under way at the same time; the loop waits at the limit. */
  maxInFlight?: number
  verdictSink?: VerdictSink
  metrics?: SchedulerMetrics
}

export interface SchedulerMetrics {
  attempted(result: 'scheduled' | 'unschedulable' | 'error', seconds: number): void
}

/** How long the loop keeps the process to itself before it lets others run. */
const sliceMs = 8

/** The scheduler without its connections: told of nodes and Pods, it places Pods and binds them through its plugins. */
export class SchedulerCore {
  readonly cache = new SchedulerCache()
  readonly verdicts: VerdictStore
  readonly #options: SchedulerCoreOptions
  readonly #profile: Profile
  readonly #clock: Clock
  readonly #queue: SchedulingQueue
  readonly #cycle: SchedulingCycle
  readonly #maxInFlight: number
  readonly #inFlight = new Set<Promise<void>>()
  #onBindingEnd: () => void = () => {}

  constructor(options: SchedulerCoreOptions) {
    this.#options = options
    this.#profile = options.profile
    this.#clock = options.clock ?? realClock
    this.#maxInFlight = options.maxInFlight ?? 512
    this.#queue = new SchedulingQueue(options.profile, this.#clock)
    this.#cycle = new SchedulingCycle(this.cache, options.random ?? Math.random)
    this.verdicts = new VerdictStore(options.verdictSink)
  }

  get sizes() {
    return { ...this.#queue.sizes, binding: this.#inFlight.size }
  }

  setNode(node: Node, old?: Node): void {
    this.cache.setNode(node)
    const info = this.cache.get(node.metadata.name)
    if (!info) return
    if (!old) return this.#queue.onEvent({ type: 'node added', node: info })
    const changes = changesOf(old, node)
    if (changes.size > 0) this.#queue.onEvent({ type: 'node changed', node: info, changes })
  }

  removeNode(name: string): void {
    this.cache.removeNode(name)
  }

  /** A Pod was added or changed. */
  setPod(pod: Pod, old?: Pod): void {
    const { uid } = pod.metadata
    if (pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed') return this.removePod(pod)
    const { nodeName } = pod.spec
    if (nodeName) {
      this.#queue.delete(uid)
      this.verdicts.remove(uid)
      // Most changes are of a status; what a Pod takes on its node changes with its generation.
      if (this.cache.isConfirmed(uid) && old && old.metadata.generation === pod.metadata.generation) return
      this.cache.setPod(podInfoOf(pod), nodeName)
      return
    }
    if ((pod.spec.schedulerName || 'default-scheduler') !== this.#profile.schedulerName) return
    if (pod.metadata.deletionTimestamp) return this.removePod(pod)
    const gate = this.#queue.set(podInfoOf(pod), this.#profile)
    if (gate) this.#options.reports.gated(pod, gate)
  }

  removePod(pod: Pod): void {
    const { uid } = pod.metadata
    this.#queue.delete(uid)
    this.verdicts.remove(uid)
    const nodeName = this.cache.nodeOf(uid)
    this.cache.removePod(uid)
    if (nodeName !== undefined) this.#queue.onEvent({ type: 'pod left', pod: podInfoOf(pod), nodeName })
  }

  /** Places Pods until the signal aborts; resolves when the bindings under way are done. */
  async run(signal: AbortSignal): Promise<void> {
    let sliceEndsAt = performance.now() + sliceMs
    while (!signal.aborted) {
      if (this.#inFlight.size >= this.#maxInFlight) await new Promise<void>((resolve) => (this.#onBindingEnd = resolve))
      const next = this.#queue.take()
      if (!next) await this.#queue.wait(signal)
      else this.#schedule(next)
      if (performance.now() < sliceEndsAt) continue
      await new Promise((resolve) => setImmediate(resolve))
      sliceEndsAt = performance.now() + sliceMs
    }
    this.#queue.stop()
    await Promise.all(this.#inFlight)
  }

  #schedule(queued: QueuedPod): void {
    const { pod } = queued
    if (this.cache.nodeOf(pod.uid) !== undefined) return this.#queue.delete(pod.uid)
    try {
      this.#attempt(queued)
    } catch (error) {
      // One Pod that a plugin can't cope with must not stop the others.
      this.cache.forget(pod.uid)
      this.#queue.retryAfterBackoff(queued)
      this.#options.metrics?.attempted('error', 0)
      this.#options.reports.failed(pod.pod, error)
    }
  }

  #attempt(queued: QueuedPod): void {
    const { pod } = queued
    const startedAt = performance.now()
    const result = this.#cycle.run(pod, this.#profile)
    const placed = 'placement' in result
    if (placed) this.#place(queued, result.placement)
    else {
      const postFilterMessage = this.#postFilter(pod, result.state)
      this.#turnAway(queued, { failure: { ...result.failure, postFilterMessage }, state: result.state })
    }
    this.#options.metrics?.attempted(placed ? 'scheduled' : 'unschedulable', (performance.now() - startedAt) / 1000)
  }

  #postFilter(pod: PodInfo, state: CycleState): string | undefined {
    for (const plugin of this.#profile.postFilter) {
      const message = plugin.postFilter(pod, this.cache, state)
      if (message) return message
    }
    return undefined
  }

  #turnAway(queued: QueuedPod, attempt: Pick<Parameters<typeof verdictsFor>[2], 'failure' | 'state'>): void {
    const { pod } = queued
    this.#queue.retryAfterEvent(queued, attempt.failure.rejectedBy)
    this.verdicts.put(pod, verdictsFor(pod, this.#profile, { ...attempt, snapshot: this.cache, nowMs: this.#clock.now() }))
    this.#options.reports.unschedulable(pod.pod, formatFitFailure(attempt.failure))
  }

  #place(queued: QueuedPod, { nodeName, state }: Placement): void {
    const { pod } = queued
    this.cache.assume(pod, nodeName)
    for (const plugin of this.#profile.reserve) {
      const rejected = plugin.reserve?.(pod, nodeName, state)
      if (!rejected) continue
      this.#undo(pod, nodeName, state)
      this.#queue.retryAfterEvent(queued, new Set([plugin.name]))
      this.#options.reports.unschedulable(pod.pod, rejected.reasons.join(', '))
      return
    }
    const binding = this.#bind(queued, { nodeName, state }).finally(() => {
      this.#inFlight.delete(binding)
      this.#onBindingEnd()
    })
    this.#inFlight.add(binding)
  }

  async #bind(queued: QueuedPod, { nodeName, state }: Placement): Promise<void> {
    const { pod } = queued
    try {
      for (const plugin of this.#profile.permit) {
        const rejected = await plugin.permit(pod, nodeName, state)
        if (rejected) throw new Error(rejected.reasons.join(', '))
      }
      for (const plugin of this.#profile.preBind) await plugin.preBind(pod, nodeName, state)
      for (const plugin of this.#profile.bind) if (await plugin.bind(pod, nodeName, state)) break
      for (const plugin of this.#profile.postBind) plugin.postBind(pod, nodeName, state)
      this.verdicts.remove(pod.uid)
      this.#options.reports.scheduled(pod.pod, nodeName)
    } catch (error) {
      this.#undo(pod, nodeName, state)
      this.#options.metrics?.attempted('error', 0)
      if (isApiError(error, 'NotFound')) return this.#queue.delete(pod.uid)
      this.#queue.retryAfterBackoff(queued)
      this.#options.reports.failed(pod.pod, error)
    }
  }

  #undo(pod: PodInfo, nodeName: string, state: CycleState): void {
    for (const plugin of this.#profile.reserve.toReversed()) plugin.unreserve?.(pod, nodeName, state)
    this.cache.forget(pod.uid)
    this.#queue.onEvent({ type: 'pod left', pod, nodeName })
  }
}

function changesOf(old: Node, node: Node): Set<NodeChange> {
  const changes = new Set<NodeChange>()
  const differ = (a: unknown, b: unknown): boolean => a !== b && JSON.stringify(a) !== JSON.stringify(b)
  if (differ(old.status.allocatable, node.status.allocatable)) changes.add('allocatable')
  if (differ(old.metadata.labels, node.metadata.labels)) changes.add('labels')
  if (differ(old.spec.taints, node.spec.taints)) changes.add('taints')
  if (Boolean(old.spec.unschedulable) !== Boolean(node.spec.unschedulable)) changes.add('unschedulable')
  return changes
}
