import { randomUUID } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'

import type { Kind } from '@quarterdeck/api'
import type { KubeObject } from '@quarterdeck/api-machinery'
import type { ObjectStore } from '@quarterdeck/storage'

/** What storing an object asks of its kind. */
export type StoredKind = Pick<Kind, 'resource' | 'apiVersion' | 'kind'>

interface Key {
  namespace: string
  name: string
}

/** Stores an object as it is, past every rule of the API; in place of one of its name, if there is one. */
export async function putObject(store: ObjectStore, kind: StoredKind, object: KubeObject): Promise<void> {
  const { name, namespace = '' } = object.metadata
  const common = { key: { resource: kind.resource, namespace, name }, author: { actor: 'test', client: 'test' }, keepsHistory: true }
  const known = (await store.cache(kind.resource)).get(namespace, name)
  const uid = known?.uid ?? randomUUID()
  const stored = { ...object, apiVersion: kind.apiVersion, kind: kind.kind, metadata: { ...object.metadata, uid } }
  if (known) await store.commit({ type: 'update', ...common, expectedRevision: known.revision, object: stored })
  else await store.commit({ type: 'create', ...common, uid, object: stored })
  await nextTurn()
}

export async function removeObject(store: ObjectStore, kind: StoredKind, { namespace, name }: Key): Promise<void> {
  const known = (await store.cache(kind.resource)).get(namespace, name)
  if (!known) throw new Error(`there is no ${kind.kind} ${name}`)
  const { key, revision, object } = known
  const author = { actor: 'test', client: 'test' }
  await store.commit({ type: 'delete', key, author, keepsHistory: true, expectedRevision: revision, object })
  await nextTurn()
}
