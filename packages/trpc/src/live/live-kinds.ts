import type { Kind } from '@quarterdeck/api'
import type { ApiCore } from '@quarterdeck/apiserver'

import { LiveKind } from './live-kind.ts'

/** Rows that nobody looks at are kept this long. */
const idleMs = 60_000

/** The kinds that somebody looks at, shared by all who do. Made once per process. */
export class LiveKinds {
  readonly #core: ApiCore
  readonly #open = new Map<string, Promise<LiveKind>>()
  readonly #timer: NodeJS.Timeout
  readonly #idleSince = new Map<string, number>()

  constructor(core: ApiCore) {
    this.#core = core
    this.#timer = setInterval(() => void this.#closeIdle(), idleMs / 2)
    this.#timer.unref()
  }

  /** Rows of a kind. The caller has authorized who will see them, and listens to them while it needs them. */
  of(kind: Kind): Promise<LiveKind> {
    const key = `${kind.apiVersion}/${kind.plural}`
    this.#idleSince.delete(key)
    let live = this.#open.get(key)
    if (!live) {
      live = LiveKind.open(this.#core, kind)
      this.#open.set(key, live)
      live.catch(() => this.#open.delete(key))
    }
    return live
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    for (const live of this.#open.values()) (await live).close()
    this.#open.clear()
  }

  async #closeIdle(): Promise<void> {
    const now = Date.now()
    for (const [key, opening] of this.#open) {
      const live = await opening.catch(() => undefined)
      if (!live || live.isWatched) {
        this.#idleSince.delete(key)
        continue
      }
      const since = this.#idleSince.get(key) ?? now
      this.#idleSince.set(key, since)
      if (now - since < idleMs) continue
      this.#open.delete(key)
      this.#idleSince.delete(key)
      live.close()
    }
  }
}
