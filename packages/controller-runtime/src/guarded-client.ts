import { keyOf, keyString, type KubeObject, type ObjectKey } from '@quarterdeck/api-machinery'
import type { Client, DeleteOptions } from '@quarterdeck/client'

import type { CallTime } from './call-time.ts'
import type { KindRef } from './kind-ref.ts'
import type { OwnWrites } from './own-writes.ts'

export interface GuardOptions {
  controller: string
  writes: readonly KindRef[] | 'every kind'
  ownWrites: OwnWrites
  /** The key being reconciled: its writes are remembered. */
  key: string
  /** Where the time is counted that calls take. */
  callTime: CallTime
}

/** A client that refuses writes a controller didn't declare, and remembers those it made. */
export function guardedClient(client: Client, options: GuardOptions): Client {
  const { ownWrites, key, callTime } = options

  function check(kind: KindRef): void {
    if (options.writes === 'every kind' || options.writes.some((allowed) => allowed.resource === kind.resource)) return
    throw new Error(`the controller ${options.controller} does not declare that it writes ${kind.resource}`)
  }

  async function remember<T extends KubeObject>(kind: KindRef, written: Promise<T>): Promise<T> {
    const object = await callTime.of(written)
    ownWrites.wrote(key, kind.resource, object)
    return object
  }

  async function remove<T extends KubeObject>(
    kind: KindRef,
    target: ObjectKey,
    deletion: { options: DeleteOptions | undefined; result: Promise<T | undefined> },
  ): Promise<T | undefined> {
    const remaining = await callTime.of(deletion.result)
    if (remaining) ownWrites.wrote(key, kind.resource, remaining)
    else if (!deletion.options?.dryRun) {
      ownWrites.removed(key, {
        resource: kind.resource,
        objectKey: keyString(target),
        uid: deletion.options?.preconditions?.uid,
      })
    }
    return remaining
  }

  return {
    get: (kind, target) => callTime.of(client.get(kind, target)),
    list: (kind, listOptions) => callTime.of(client.list(kind, listOptions)),
    watch: (kind, watchOptions) => client.watch(kind, watchOptions),
    create: async (kind, object, writeOptions) => {
      check(kind)
      return remember(kind, client.create(kind, object, writeOptions))
    },
    update: async (kind, object, updateOptions) => {
      check(kind)
      return remember(kind, client.update(kind, object, updateOptions))
    },
    patch: async (kind, target, patch, patchOptions) => {
      check(kind)
      return remember(kind, client.patch(kind, target, patch, patchOptions))
    },
    delete: async (kind, target, deleteOptions) => {
      check(kind)
      return remove(kind, target, { options: deleteOptions, result: client.delete(kind, target, deleteOptions) })
    },
    deleteCollection: async (kind, collectionOptions) => {
      check(kind)
      await callTime.of(client.deleteCollection(kind, collectionOptions))
    },
    getSubresource: (kind, target, subresource, parameters) => callTime.of(client.getSubresource(kind, target, subresource, parameters)),
    createSubresource: async (kind, target, subresource, body) => {
      check(kind)
      return callTime.of(client.createSubresource(kind, target, subresource, body))
    },
  }
}

/** Preconditions that make a delete hit this very object and no later one of its name. */
export function onlyThis(object: KubeObject): { key: ObjectKey; options: { preconditions: { uid: string } } } {
  return { key: keyOf(object), options: { preconditions: { uid: object.metadata.uid } } }
}
