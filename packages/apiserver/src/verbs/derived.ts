import type { DerivedKind, Kind, ObjectLookup } from '@quarterdeck/api'
import { notFound, type KubeObject } from '@quarterdeck/api-machinery'
import type { StoredObject, WatchCache } from '@quarterdeck/storage'

import type { ApiCore } from '../api-core.ts'
import type { ApiRequest } from '../request.ts'
import type { ListResult } from './list.ts'
import { parseSelection } from './selection.ts'

/** The objects of a derived kind that a request selects, in order of namespace and name. */
export async function listDerived(
  core: ApiCore,
  request: ApiRequest,
  { derived, labelSelector, fieldSelector }: { derived: DerivedKind; labelSelector?: string; fieldSelector?: string },
): Promise<ListResult> {
  const selection = parseSelection(request.kind, labelSelector, fieldSelector)
  const caches = new Map<Kind, WatchCache>()
  for (const kind of [derived.from, ...derived.reads]) caches.set(kind, await core.cacheOf(kind))
  const lookUp = ((kind: Kind, namespace: string, name: string) => caches.get(kind)?.get(namespace, name)?.object) as ObjectLookup
  const source = caches.get(derived.from)!
  const isWanted = (object: KubeObject): boolean =>
    (!request.namespace || object.metadata.namespace === request.namespace) && selection.matches(object)
  const items = source
    .list()
    .flatMap(({ object }) => derived.derive(object, lookUp))
    .filter(isWanted)
    .map((object) => asStored(request.kind, object))
    .toSorted((a, b) => compare(a.key.namespace, b.key.namespace) || compare(a.key.name, b.key.name))
  return { items, revision: source.revision, continue: '', remaining: undefined }
}

/** One of them. Throws NotFound. */
export async function getDerived(core: ApiCore, request: ApiRequest, derived: DerivedKind): Promise<StoredObject> {
  const { items } = await listDerived(core, request, { derived, fieldSelector: `metadata.name=${request.name}` })
  if (!items[0]) throw notFound({ group: request.kind.group, resource: request.kind.plural }, request.name)
  return items[0]
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

function asStored(kind: Kind, object: KubeObject): StoredObject {
  const { namespace = '', name } = object.metadata
  return { key: { resource: kind.resource, namespace, name }, uid: '', revision: 0, object, json: JSON.stringify(object) }
}
