import {
  daemonSets,
  deployments,
  jobs,
  persistentVolumeClaims,
  pods,
  replicaSets,
  replicationControllers,
  statefulSets,
  storageClasses,
  type Kind,
} from '@quarterdeck/api'
import type { ApiCore } from '@quarterdeck/apiserver'

import { claimSurroundings } from './claim-surroundings.ts'
import { LiveKind } from './live-kind.ts'
import { PodTroubles } from './pod-troubles.ts'
import type { Row } from './row.ts'
import { nothingAround, type Surroundings } from './surroundings.ts'
import { deploymentSurroundings, podOwnerSurroundings } from './workload-surroundings.ts'

/** Rows that nobody looks at are kept this long. */
const idleMs = 60_000

const podOwners = new Set([replicaSets, replicationControllers, statefulSets, daemonSets, jobs].map(({ resource }) => resource))

/** Whether the states of a kind's objects depend on others, so that only its rows know them. */
export function dependsOnOthers(resource: string): boolean {
  return podOwners.has(resource) || resource === deployments.resource || resource === persistentVolumeClaims.resource
}

/** The kinds that somebody looks at, shared by all who do. Made once per process. */
export class LiveKinds {
  readonly #core: ApiCore
  readonly #open = new Map<string, Promise<LiveKind>>()
  readonly #timer: NodeJS.Timeout
  readonly #idleSince = new Map<string, number>()
  /** Kept while a kind is open whose objects own pods. */
  #troubles: { opening: Promise<PodTroubles>; users: number } | undefined

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
      live = this.#surroundingsOf(kind).then((surroundings) => LiveKind.open(this.#core, kind, surroundings))
      this.#open.set(key, live)
      live.catch(() => this.#open.delete(key))
    }
    return live
  }

  /** The row of an object if its kind is open. */
  async known(kind: Pick<Kind, 'apiVersion' | 'plural'>, namespace: string, name: string): Promise<Row | undefined> {
    return (await this.#open.get(`${kind.apiVersion}/${kind.plural}`))?.get(namespace, name)
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    for (const live of this.#open.values()) (await live).close()
    this.#open.clear()
  }

  async #surroundingsOf({ resource }: Kind): Promise<Surroundings> {
    if (resource === persistentVolumeClaims.resource) return claimSurroundings(await this.of(storageClasses))
    if (podOwners.has(resource)) return podOwnerSurroundings(await this.#openTroubles(), () => void this.#leaveTroubles())
    if (resource !== deployments.resource) return nothingAround
    const sets = await this.of(replicaSets)
    return deploymentSurroundings(sets, await this.#openTroubles(), () => void this.#leaveTroubles())
  }

  async #openTroubles(): Promise<PodTroubles> {
    this.#troubles ??= { opening: this.of(pods).then((rows) => new PodTroubles(rows)), users: 0 }
    this.#troubles.users++
    try {
      return await this.#troubles.opening
    } catch (error) {
      this.#troubles = undefined
      throw error
    }
  }

  async #leaveTroubles(): Promise<void> {
    const troubles = this.#troubles
    if (!troubles || --troubles.users > 0) return
    this.#troubles = undefined
    ;(await troubles.opening).close()
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
