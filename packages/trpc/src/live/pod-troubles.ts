import type { Pod } from '@quarterdeck/api'
import { controllerOf } from '@quarterdeck/api-machinery'

import { isTrouble, troubleOf, type TroubledPod } from '../state/pod-trouble.ts'
import type { PodTrouble } from '../state/state.ts'
import type { LiveKind, RowChange } from './live-kind.ts'
import type { Row } from './row.ts'

/** What owns a pod. */
interface Owner {
  uid: string
  /** `namespace/name` */
  key: string
}

/** The pods that are not as they should be, by what owns them. Healthy ones cost nothing. */
export class PodTroubles {
  readonly #byOwner = new Map<string, Map<string, TroubledPod>>()
  readonly #listeners = new Set<(keys: ReadonlySet<string>) => void>()
  readonly #stop: () => void

  constructor(pods: LiveKind) {
    for (const after of pods.rows()) this.#take({ before: undefined, after })
    this.#stop = pods.follow((changes) => this.#takeAll(changes))
  }

  /** Of the pods that an object owns. */
  of(uid: string): PodTrouble | null {
    return troubleOf(this.#byOwner.get(uid)?.values() ?? [])
  }

  /** Told of the owners whose trouble may have changed. */
  listen(listener: (keys: ReadonlySet<string>) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  close(): void {
    this.#stop()
  }

  #takeAll(changes: readonly RowChange[]): void {
    const keys = new Set(changes.flatMap((change) => this.#take(change)))
    if (keys.size > 0) for (const listener of this.#listeners) listener(keys)
  }

  /** The keys of the owners concerned. */
  #take({ before, after }: RowChange): string[] {
    const keys: string[] = []
    const [old, now] = [troubledOwner(before), troubledOwner(after)]
    if (old) {
      const pods = this.#byOwner.get(old.uid)
      pods?.delete(before!.stored.uid)
      if (pods?.size === 0) this.#byOwner.delete(old.uid)
      keys.push(old.key)
    }
    if (now) {
      let pods = this.#byOwner.get(now.uid)
      if (!pods) this.#byOwner.set(now.uid, (pods = new Map()))
      pods.set(after!.stored.uid, troubledPod(after!))
      keys.push(now.key)
    }
    return keys
  }
}

function troubledOwner(row: Row | undefined): Owner | undefined {
  if (!row || !isTrouble(row.state)) return undefined
  const owner = controllerOf(row.object)
  return owner && { uid: owner.uid, key: `${row.namespace}/${owner.name}` }
}

function troubledPod({ state, object }: Row): TroubledPod {
  const { phase } = (object as Pod).status
  return {
    state: state!,
    hasEnded: phase === 'Failed' || phase === 'Succeeded',
    createdAt: object.metadata.creationTimestamp,
  }
}
