import {
  type ConfigMap,
  configMaps,
  type Kind,
  type PersistentVolume,
  type PersistentVolumeClaim,
  persistentVolumeClaims,
  persistentVolumes,
  type Pod,
  referencesOf,
  type Secret,
  secrets,
} from '@quarterdeck/api'
import { type KubeObject, keyString, type ObjectKey } from '@quarterdeck/api-machinery'
import type { Client } from '@quarterdeck/client'
import { createInformer, type Informer, type Logger } from '@quarterdeck/controller-runtime'

interface Watched {
  informer: Informer<KubeObject>
  stop: AbortController
  podUids: Set<string>
}

export interface ReferencedObjectsOptions {
  client: Client
  log: Logger
  signal: AbortSignal
  /** An object that this pod refers to changed. */
  onChange: (podUid: string) => void
}

const loadTimeoutMs = 5_000

/** The ConfigMaps, Secrets, claims and volumes that pods of this node refer to, one watch each for as long as a pod needs it; no others are read. */
export class ReferencedObjects {
  readonly #options: ReferencedObjectsOptions
  readonly #watched = new Map<string, Watched>()

  constructor(options: ReferencedObjectsOptions) {
    this.#options = options
  }

  /** Watches what the pod refers to. To be called before its objects are asked for. */
  use(pod: Pod): void {
    const { namespace, uid } = pod.metadata
    const references = referencesOf(pod)
    for (const name of references.configMaps) this.#watch(configMaps, { namespace, name }, uid)
    for (const name of references.secrets) this.#watch(secrets, { namespace, name }, uid)
    for (const name of references.claims) this.#watch(persistentVolumeClaims, { namespace, name }, uid)
  }

  forget(podUid: string): void {
    for (const [key, watched] of this.#watched) {
      if (!watched.podUids.delete(podUid) || watched.podUids.size > 0) continue
      watched.stop.abort()
      this.#watched.delete(key)
    }
  }

  /** Undefined if there is none; rejects if the server does not answer in time. */
  configMap(key: ObjectKey): Promise<ConfigMap | undefined> {
    return this.#get(configMaps, key)
  }

  secret(key: ObjectKey): Promise<Secret | undefined> {
    return this.#get(secrets, key)
  }

  claim(key: ObjectKey): Promise<PersistentVolumeClaim | undefined> {
    return this.#get(persistentVolumeClaims, key)
  }

  /** The volume of a claim of the pod: it is watched from then on. */
  volume(name: string, podUid: string): Promise<PersistentVolume | undefined> {
    const key = { namespace: '', name }
    this.#watch(persistentVolumes, key, podUid)
    return this.#get(persistentVolumes, key)
  }

  async #get<T extends KubeObject>(kind: Kind<T>, key: ObjectKey): Promise<T | undefined> {
    const watched = this.#watched.get(`${kind.resource}/${keyString(key)}`)
    if (!watched) return undefined
    if (!watched.informer.hasSynced) await withinTime(watched.informer.synced(), `reading ${kind.singular} "${key.name}"`)
    return watched.informer.get(key) as T | undefined
  }

  #watch<T extends KubeObject>(kind: Kind<T>, key: ObjectKey, podUid: string): void {
    const id = `${kind.resource}/${keyString(key)}`
    let watched = this.#watched.get(id)
    if (!watched) {
      const { client, log, signal, onChange } = this.#options
      const stop = new AbortController()
      const informer = createInformer(client, kind as unknown as Kind, {
        ...(key.namespace ? { namespace: key.namespace } : {}),
        fieldSelector: `metadata.name=${key.name}`,
        signal: AbortSignal.any([signal, stop.signal]),
        log,
      })
      const podUids = new Set<string>()
      watched = { informer, stop, podUids }
      this.#watched.set(id, watched)
      informer.onChange(() => {
        for (const uid of podUids) onChange(uid)
      })
    }
    watched.podUids.add(podUid)
  }
}

async function withinTime(work: Promise<void>, doing: string): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`${doing}: timed out waiting for the API server`)), loadTimeoutMs)
  try {
    await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}
