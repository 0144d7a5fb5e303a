import { namespaces as namespaceKind } from '@quarterdeck/api'
import { controllerOf } from '@quarterdeck/api-machinery'
import { storedKindOf } from '@quarterdeck/apiserver'
import { z } from 'zod'

import { authorizeReading, kindOf, kindSchema } from '../target.ts'
import { procedure } from '../trpc.ts'

/** An object that is gone. */
export interface DeletedItem {
  namespace: string
  name: string
  uid: string
  /** Of its deletion: restoring this revision brings back what it was last. */
  revision: number
  actor: string
  client: string
  /** RFC 3339: when it was deleted. */
  time: string
  /** Whether the namespace it was in is gone as well: that has to be there first. */
  lacksNamespace: boolean
}

export interface DeletedPage {
  items: DeletedItem[]
  /** What to ask for as `before` to get older ones; absent after the last. */
  next?: number
}

const pageEntries = 100

/**
 * Objects of a kind that were deleted, latest first, as far back as history goes. Left out are those that a controller made,
 * which it makes anew where they are wanted, and names that are taken again. A page may hold fewer than there are entries.
 */
export const deletedObjects = procedure
  .input(kindSchema.extend({ namespaces: z.array(z.string().max(253)).max(200).default([]), before: z.int().optional() }))
  .query(async ({ ctx, input }): Promise<DeletedPage> => {
    const { core } = ctx.server
    const { namespaces, before } = input
    const kind = kindOf(core, input)
    await authorizeReading(core, ctx.user, kind, namespaces)
    const [present, presentNamespaces] = await Promise.all([core.freshCacheOf(kind), core.freshCacheOf(namespaceKind)])
    const entries = await core.store.history({
      resource: storedKindOf(kind).resource,
      type: 'deleted',
      limit: pageEntries,
      ...(namespaces.length === 1 ? { namespace: namespaces[0]! } : {}),
      ...(before === undefined ? {} : { before }),
    })
    const latest = new Map<string, DeletedItem>()
    for (const { key, uid, revision, author, time, object } of entries) {
      const { namespace, name } = key
      const id = `${namespace}/${name}`
      const isWanted = namespaces.length === 0 || namespaces.includes(namespace)
      if (!isWanted || latest.has(id) || controllerOf(object) || present.get(namespace, name)) continue
      latest.set(id, {
        namespace,
        name,
        uid,
        revision,
        actor: author.actor,
        client: author.client,
        time,
        lacksNamespace: namespace !== '' && !presentNamespaces.get('', namespace),
      })
    }
    const last = entries.at(-1)
    return { items: [...latest.values()], ...(last && entries.length === pageEntries ? { next: last.revision } : {}) }
  })
