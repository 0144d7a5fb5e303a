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
import { getIfExists, type Client } from '@quarterdeck/client'
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

/**
 * The ConfigMaps and Secrets that pods of this node refer to, one watch each for as long as a pod needs it, and their claims and
 * volumes, which a node may get and not watch. No others are read: a node has no right to them.
 */
export class ReferencedObjects {
  readonly #options: ReferencedObjectsOptions
  readonly #watched = new Map<string, Watched>()
  /** By pod, the claims and volumes that are as they will stay for it. */
  readonly #settled = new Map<string, Map<string, KubeObject>>()

  constructor(options: ReferencedObjectsOptions) {
    this.#options = options
  }

  /** Watches what the pod refers to. To be called before its objects are asked for. */
  use(pod: Pod): void {
    const { namespace, uid } = pod.metadata
    const references = referencesOf(pod)
    for (const name of references.configMaps) this.#watch(configMaps, { namespace, name }, uid)
    for (const name of references.secrets) this.#watch(secrets, { namespace, name }, uid)
  }

  forget(podUid: string): void {
    this.#settled.delete(podUid)
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

  /** A claim of the pod; read anew until it is bound. */
  claim(key: ObjectKey, podUid: string): Promise<PersistentVolumeClaim | undefined> {
    return this.#read(persistentVolumeClaims, key, { podUid, isSettled: ({ status }) => status.phase === 'Bound' })
  }

  /** The volume of a claim of the pod. */
  volume(name: string, podUid: string): Promise<PersistentVolume | undefined> {
    return this.#read(persistentVolumes, { namespace: '', name }, { podUid, isSettled: () => true })
  }

  async #read<T extends KubeObject>(
    kind: Kind<T>,
    key: ObjectKey,
    { podUid, isSettled }: { podUid: string; isSettled(object: T): boolean },
  ): Promise<T | undefined> {
    const id = `${kind.resource}/${keyString(key)}`
    const settled = this.#settled.get(podUid)?.get(id)
    if (settled) return settled as T
    const found = await withinTime(getIfExists(this.#options.client, kind, key), `reading ${kind.singular} "${key.name}"`)
    if (!found || !isSettled(found)) return found
    const ofPod = this.#settled.get(podUid) ?? new Map<string, KubeObject>()
    this.#settled.set(podUid, ofPod.set(id, found))
    return found
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

async function withinTime<T>(work: Promise<T>, doing: string): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`${doing}: timed out waiting for the API server`)), loadTimeoutMs)
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}
