import type { PodInfo } from './cache/pod-info.ts'
import { bindPod, reserveAndPermit, type TurnedAway } from './binding-cycle.ts'
import type { Placement } from './cycle/scheduling-cycle.ts'
import type { QueuedPod } from './queue/queued-pod.ts'
import type { WaitingPermits } from './waiting-permits.ts'

/** What becomes of a placed Pod. */
export interface BindingOutcomes {
  bound(queued: QueuedPod, placement: Placement): void
  turnedAway(queued: QueuedPod, placement: Placement, by: TurnedAway): void
  failed(queued: QueuedPod, placement: Placement, error: unknown): void
}

export interface BindingsOptions {
  permits: WaitingPermits
  outcomes: BindingOutcomes
  beforeBind(pod: PodInfo): Promise<void> | undefined
  /** Most bindings on their way to the store. Those that wait for permission or volumes don't count: they don't hold up others. */
  maxStoring: number
}

/** The bindings under way, beside the loop: what waits for the store is committed there as one batch. */
export class Bindings {
  readonly #options: BindingsOptions
  readonly #running = new Map<string, { ended: Promise<void>; abort: AbortController }>()
  #storing = 0
  #onEnd: () => void = () => {}

  constructor(options: BindingsOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#running.size
  }

  /** Resolves when there is room for another one; undefined: there is. */
  room(): Promise<void> | undefined {
    if (this.#storing < this.#options.maxStoring) return undefined
    return new Promise((resolve) => (this.#onEnd = resolve))
  }

  /** Resolves when one of those under way has ended; undefined: there are none. */
  settled(): Promise<void> | undefined {
    return this.#running.size === 0 ? undefined : Promise.race([...this.#running.values()].map(({ ended }) => ended))
  }

  /** Asks the plugins to hold what the Pod takes, then goes on beside the caller. */
  start(queued: QueuedPod, placement: Placement): void {
    const { pod, profile } = queued
    const held = reserveAndPermit(pod, profile, placement)
    if ('rejection' in held) return this.#options.outcomes.turnedAway(queued, placement, held)
    const abort = new AbortController()
    const ended = this.#bind(queued, placement, { waits: held.waits, signal: abort.signal }).finally(() => {
      if (this.#running.get(pod.uid)?.abort === abort) this.#running.delete(pod.uid)
      this.#onEnd()
    })
    this.#running.set(pod.uid, { ended, abort })
  }

  /** The Pod is gone: nothing needs to be waited for any more. */
  abandon(podUid: string): void {
    this.#running.get(podUid)?.abort.abort()
    this.#options.permits.get(podUid)?.reject('', 'removed')
  }

  /** Ends what waits; resolves when all have ended. */
  async stop(): Promise<void> {
    for (const { reject } of this.#options.permits.list()) reject('', 'the scheduler stops')
    for (const { abort } of this.#running.values()) abort.abort()
    await Promise.all([...this.#running.values()].map(({ ended }) => ended))
  }

  async #bind(
    queued: QueuedPod,
    placement: Placement,
    { waits, signal }: { waits: ReadonlyMap<string, number>; signal: AbortSignal },
  ): Promise<void> {
    const pod: PodInfo = queued.pod
    const { permits, outcomes, beforeBind } = this.#options
    let isStoring = false
    const onPrepared = (): void => {
      isStoring = true
      this.#storing++
    }
    try {
      const turnedAway = await bindPod(pod, placement, { profile: queued.profile, waits, permits, signal, onPrepared, beforeBind })
      if (turnedAway) outcomes.turnedAway(queued, placement, turnedAway)
      else outcomes.bound(queued, placement)
    } catch (error) {
      outcomes.failed(queued, placement, error)
    } finally {
      if (isStoring) this.#storing--
    }
  }
}
