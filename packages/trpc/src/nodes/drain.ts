import { drainFateOf, nodes, podDisruptionBudgets, pods, type Pod } from '@quarterdeck/api'
import { badRequest, isApiError } from '@quarterdeck/api-machinery'
import type { Client } from '@quarterdeck/client'
import type { WatchCache } from '@quarterdeck/storage'
import { z } from 'zod'

import { Pace } from '../live/pace.ts'
import { anySignal } from '../live/signal.ts'
import { evictPod } from '../pods/evict-pod.ts'
import { authorizeReading } from '../target.ts'
import { procedure } from '../trpc.ts'
import { isObstacle, staysPut } from './plan-drain.ts'
import { podsOnNode } from './pods-on-node.ts'

export interface DrainedPod {
  namespace: string
  name: string
  /** `refused`: its disruption budget keeps it for now, it is tried again. */
  step: 'waiting' | 'refused' | 'going' | 'gone' | 'failed'
  message?: string | undefined
}

/** Where a drain is; the last message has `isDone`. */
export interface DrainProgress {
  pods: DrainedPod[]
  isDone: boolean
}

/** As long as kubectl waits before it asks a budget again; sooner when a budget changed. */
const retryMs = 5000
const paceMs = 250

/**
 * Cordons a node and evicts its pods one after the other, until all have gone or the caller goes away; then what is left
 * stays, and another drain goes on from there. Pods of DaemonSets stay. Throws BadRequest, having done nothing, for pods
 * that the options do not allow to end.
 */
export const drainNode = procedure
  .input(
    z.object({
      name: z.string().min(1).max(253),
      deleteLocalData: z.boolean().default(false),
      deleteUnmanaged: z.boolean().default(false),
    }),
  )
  .subscription(async function* ({ ctx, input, signal: optionalSignal }): AsyncGenerator<DrainProgress> {
    ctx.refuseOtherSites()
    const signal = anySignal(optionalSignal)
    await authorizeReading(ctx.server.core, ctx.user, pods)
    const leaving = (await podsOnNode(ctx.live, input.name)).filter((pod) => !staysPut(drainFateOf(pod)))
    const obstacles = leaving.filter((pod) => isObstacle(drainFateOf(pod), input))
    if (obstacles.length > 0)
      throw badRequest(`these pods would lose data or not come back: ${obstacles.map(({ metadata }) => metadata.name).join(', ')}`)
    await ctx.client.patch(nodes, { namespace: '', name: input.name }, { spec: { unschedulable: true } }, { type: 'merge' })
    const drain = new Drain(ctx.client, await ctx.server.core.freshCacheOf(pods), leaving)
    const pace = new Pace(paceMs, signal)
    const [podRows, budgetRows] = await Promise.all([ctx.live.of(pods), ctx.live.of(podDisruptionBudgets)])
    const stops = [podRows.listen(pace.mark), budgetRows.listen(() => (drain.askAgain(), pace.mark()))]
    const timer = setInterval(() => (drain.askAgain(), pace.mark()), retryMs).unref()
    pace.mark()
    try {
      while (await pace.next()) {
        for (let pod = drain.next(); pod && !signal.aborted; pod = drain.next()) {
          await drain.evict(pod)
          yield drain.progress()
        }
        const progress = drain.progress()
        yield progress
        if (progress.isDone) return
      }
    } finally {
      clearInterval(timer)
      for (const stop of stops) stop()
    }
  })

class Drain {
  readonly #client: Client
  readonly #cache: WatchCache
  readonly #pods: readonly Pod[]
  readonly #again = new Set<string>()
  readonly #steps = new Map<string, { step: 'refused' | 'going' | 'failed'; message?: string }>()

  constructor(client: Client, cache: WatchCache, leaving: readonly Pod[]) {
    this.#client = client
    this.#cache = cache
    this.#pods = leaving
  }

  /** The pod to evict now, if there is one. */
  next(): Pod | undefined {
    return this.#pods.find((pod) => {
      const { uid } = pod.metadata
      return !this.#isGone(pod) && (!this.#steps.has(uid) || this.#again.has(uid))
    })
  }

  /** Those that were refused are tried once more. */
  askAgain(): void {
    for (const [uid, { step }] of this.#steps) if (step === 'refused') this.#again.add(uid)
  }

  async evict({ metadata: { namespace, name, uid } }: Pod): Promise<void> {
    this.#again.delete(uid)
    try {
      await evictPod(this.#client, { namespace, name }, uid)
      this.#steps.set(uid, { step: 'going' })
    } catch (error) {
      if (isApiError(error, 'NotFound', 'Conflict')) return void this.#steps.set(uid, { step: 'going' })
      if (!isApiError(error)) throw error
      const causes = error.toStatus().details?.causes?.flatMap(({ message }) => message ?? []) ?? []
      const message = causes.join('; ') || error.message
      const step = error.reason === 'TooManyRequests' ? 'refused' : 'failed'
      this.#steps.set(uid, { step, message })
    }
  }

  progress(): DrainProgress {
    const drained = this.#pods.map((pod): DrainedPod => {
      const { namespace, name, uid } = pod.metadata
      const known = this.#steps.get(uid)
      const step = this.#isGone(pod) ? 'gone' : (known?.step ?? 'waiting')
      return { namespace, name, step, message: step === 'gone' ? undefined : known?.message }
    })
    return { pods: drained, isDone: drained.every(({ step }) => step === 'gone' || step === 'failed') }
  }

  #isGone({ metadata: { namespace, name, uid } }: Pod): boolean {
    return this.#cache.get(namespace, name)?.uid !== uid
  }
}
