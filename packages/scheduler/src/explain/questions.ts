import { ApiError } from '@quarterdeck/api-machinery'

import type { SchedulerConfiguration } from '../configuration/configuration.ts'
import type { PluginCaches } from '../plugin-caches.ts'
import { createSandbox, type Sandbox, type SandboxOptions } from '../sandbox/sandbox.ts'
import type { SchedulerCore } from '../scheduler-core.ts'
import type { PodVerdicts } from '../verdicts.ts'
import type { VerdictPage } from './node-verdicts.ts'
import { scorePlacement, type PlacementScores } from './placement-scores.ts'
import { suggestChanges, type Suggestion } from './suggest-changes.ts'

/** Questions that wait for another to be answered. */
const mostWaiting = 8
/** An answer that takes longer is given without what is missing. */
const longestMs = 5000

/** Why a Pod waits: what the plugins say, and what would help. */
export interface PendingExplanation extends PodVerdicts {
  state: 'pending'
  /** Absent if it was not asked for. */
  changes?: Suggestion[]
  /** Extenders that are asked about the Pod's nodes, too: what they would say of changes is not known. */
  extenders: string[]
}

/** Why a Pod is where it is. */
export type PlacedExplanation = PlacementScores & { state: 'placed' }

export interface ExplanationOptions extends VerdictPage {
  /** Whether to look for changes that would help. */
  withChanges?: boolean
}

/** What is used of a sandbox while a question is answered. */
export type SandboxUse<T> = (sandbox: Sandbox, signal: AbortSignal) => Promise<T>

/** Answers questions about the live scheduler without touching it. Copies of it are made one at a time. */
export class Questions {
  readonly #core: SchedulerCore
  readonly #basis: Pick<SandboxOptions, 'configuration' | 'caches'>
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0

  constructor(core: SchedulerCore, basis: { configuration: SchedulerConfiguration; caches: PluginCaches }) {
    this.#core = core
    this.#basis = basis
  }

  /** Undefined: the Pod was not tried yet, or is not known. */
  async explain(podUid: string, options: ExplanationOptions = {}): Promise<PendingExplanation | PlacedExplanation | undefined> {
    const verdicts = this.#core.verdicts.get(podUid, options)
    const queued = this.#core.pendingPod(podUid)
    if (verdicts && queued) {
      const { pod, profile } = queued
      const extenders = profile.extenders.filter((extender) => extender.filters && extender.isInterestedIn(pod)).map(({ name }) => name)
      const pending: PendingExplanation = { state: 'pending', ...verdicts, extenders }
      if (!options.withChanges) return pending
      const changes = await this.ask({}, (sandbox, signal) =>
        suggestChanges(pod, { sandbox, signal, profile: profileIn(sandbox, profile.schedulerName) }),
      )
      return { ...pending, changes }
    }
    return this.#core.cache.podOf(podUid) ? this.#explainPlaced(podUid) : undefined
  }

  #explainPlaced(podUid: string): Promise<PlacedExplanation | undefined> {
    return this.ask({}, async (sandbox) => {
      const { cache } = sandbox.core
      const pod = cache.podOf(podUid)
      const nodeName = cache.nodeOf(podUid)
      const profile = sandbox.core.profiles.get(pod?.pod.spec.schedulerName || 'default-scheduler')
      if (!pod || nodeName === undefined || !profile) return undefined
      return { state: 'placed', ...scorePlacement(pod, nodeName, { sandbox, profile }) }
    })
  }

  /** Throws TooManyRequests when many are asking. `signal` aborts when it has taken too long. */
  async ask<T>(options: Omit<SandboxOptions, 'configuration' | 'caches'>, use: SandboxUse<T>): Promise<T> {
    if (this.#waiting >= mostWaiting) throw new ApiError('TooManyRequests', 'the scheduler is answering other questions: ask again')
    this.#waiting++
    const answer = this.#last.then(async () => {
      const sandbox = await createSandbox(this.#core, { ...options, ...this.#basis })
      try {
        return await use(sandbox, AbortSignal.timeout(longestMs))
      } finally {
        await sandbox.close()
      }
    })
    this.#last = answer.catch(() => {})
    try {
      return await answer
    } finally {
      this.#waiting--
    }
  }
}

const profileIn = ({ core }: Sandbox, schedulerName: string) => {
  const profile = core.profiles.get(schedulerName)
  if (!profile) throw new Error(`no profile ${schedulerName}`)
  return profile
}
