import type { Clock } from '@quarterdeck/controller-runtime'

import type { PodInfo } from './cache/pod-info.ts'
import { rejection, type Rejection } from './framework/rejection.ts'

/** A placed Pod that waits for permission. */
export interface WaitingPod {
  readonly pod: PodInfo
  readonly nodeName: string
  /** Plugins that have not allowed it yet. */
  readonly pendingPlugins: readonly string[]
  allow(plugin: string): void
  reject(plugin: string, reason: string): void
}

interface Entry extends WaitingPod {
  readonly pending: Map<string, () => void>
}

/** Placed Pods whose plugins said "wait". Each plugin must allow it, or it goes back when the first of their times is over. */
export class WaitingPermits {
  readonly #clock: Clock
  readonly #waiting = new Map<string, Entry>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get(uid: string): WaitingPod | undefined {
    return this.#waiting.get(uid)
  }

  list(): readonly WaitingPod[] {
    return [...this.#waiting.values()]
  }

  /** Resolves with nothing once all have allowed it, otherwise with who turned it away and why. */
  wait(pod: PodInfo, nodeName: string, waits: ReadonlyMap<string, number>): Promise<{ plugin: string; rejection: Rejection } | undefined> {
    return new Promise((resolve) => {
      const pending = new Map<string, () => void>()
      const end = (result: { plugin: string; rejection: Rejection } | undefined): void => {
        for (const cancel of pending.values()) cancel()
        this.#waiting.delete(pod.uid)
        resolve(result)
      }
      const reject = (plugin: string, reason: string): void => end({ plugin, rejection: rejection(reason) })
      const allow = (plugin: string): void => {
        pending.get(plugin)?.()
        pending.delete(plugin)
        if (pending.size === 0) end(undefined)
      }
      for (const [plugin, waitMs] of waits) {
        const timeout = (): void => reject(plugin, `rejected due to timeout after waiting ${waitMs / 1000}s at plugin ${plugin}`)
        pending.set(plugin, this.#clock.after(waitMs, timeout))
      }
      this.#waiting.set(pod.uid, {
        pod,
        nodeName,
        pending,
        get pendingPlugins() {
          return [...pending.keys()]
        },
        allow,
        reject,
      })
    })
  }
}
