import { randomUUID } from 'node:crypto'

import { secrets, type Secret } from '@quarterdeck/api'
import { isApiError, timestamp, type KubeObject } from '@quarterdeck/api-machinery'
import type { Author, ObjectStore, StoredObject } from '@quarterdeck/storage'

/** No kind has this resource: what is kept under it is reached by whoever has the database, and by nobody through the API. */
const resource = 'serverkeys.quarterdeck.dev'
const author: Author = { actor: 'system:apiserver', client: 'apiserver' }
const legacyNamespace = 'kube-system'

export type KeyData = Readonly<Record<string, string>>

interface ServerKey extends KubeObject {
  data: KeyData
}

/**
 * Keys that every server of the cluster shares and nobody else may read: the authority's, those that sign tokens and sessions. The first
 * server that needs one makes it; of several that race one wins, and all get the same.
 */
export class ServerKeys {
  readonly #store: ObjectStore

  constructor(store: ObjectStore) {
    this.#store = store
  }

  /** The key of this name, made with `produce` unless there is one. */
  async ensure(name: string, produce: () => Promise<KeyData> | KeyData): Promise<KeyData> {
    const legacy = await this.#legacySecret(name)
    const data = (await this.#find(name)) ?? (await this.#create(name, legacy ? dataOf(legacy) : await produce()))
    if (legacy) await this.#remove(legacy)
    return data
  }

  async #find(name: string): Promise<KeyData | undefined> {
    const stored = await this.#fresh(resource, '', name)
    return stored && (stored.object as ServerKey).data
  }

  async #create(name: string, data: KeyData): Promise<KeyData> {
    const uid = randomUUID()
    const metadata = { name, uid, resourceVersion: '', creationTimestamp: timestamp() }
    const object: ServerKey = { apiVersion: 'quarterdeck.dev/v1', kind: 'ServerKey', metadata, data }
    try {
      await this.#store.commit({ type: 'create', key: { resource, namespace: '', name }, author, keepsHistory: false, uid, object })
      return data
    } catch (error) {
      if (!isApiError(error, 'AlreadyExists')) throw error
      return (await this.#find(name)) ?? data
    }
  }

  /** Releases before kept keys as Secrets, which whoever may read those could read. */
  #legacySecret(name: string): Promise<StoredObject | undefined> {
    return this.#fresh(secrets.resource, legacyNamespace, `quarterdeck-${name}`)
  }

  async #remove({ key, revision, object }: StoredObject): Promise<void> {
    const write = { type: 'delete', key, author, keepsHistory: false, expectedRevision: revision, object } as const
    await this.#store.commit(write).catch((error: unknown) => {
      if (!isApiError(error, 'NotFound', 'Conflict')) throw error
    })
  }

  async #fresh(ofResource: string, namespace: string, name: string): Promise<StoredObject | undefined> {
    const cache = await this.#store.cache(ofResource)
    await cache.waitFor(await this.#store.currentRevision())
    return cache.get(namespace, name)
  }
}

function dataOf({ object }: StoredObject): KeyData {
  const entries = Object.entries((object as Secret).data ?? {})
  return Object.fromEntries(entries.map(([field, value]) => [field, Buffer.from(value, 'base64').toString()]))
}
