import type { Kind } from '@quarterdeck/api'
import { type KubeObject } from '@quarterdeck/api-machinery'

import { stateOf, type State } from '../state/state.ts'

export interface RelatedItem {
  resource: string
  kind: string
  namespace: string
  name: string
  /** Undefined for an object that is named but not there. */
  uid?: string | undefined
  state?: State | undefined
  createdAt?: string | undefined
}

/** Objects that stand in one relation to another. */
export interface RelatedGroup {
  title: string
  /** What deleting the object would mean to these. */
  onDelete: 'deleted' | 'breaks' | 'unaffected'
  items: RelatedItem[]
  /** How many there are; `items` holds at most the first hundred. */
  total: number
}

export interface ObjectOfKind {
  kind: Kind
  object: KubeObject
}

/** Reads what is related out of the caches. */
export interface RelationReader {
  kinds: readonly Kind[]
  /** The objects of a kind that the user may read. */
  list(kind: Kind, namespace?: string): Promise<readonly KubeObject[]>
  get(kind: Kind, namespace: string, name: string): Promise<KubeObject | undefined>
}

const maxItems = 100

export function groupOf(title: string, onDelete: RelatedGroup['onDelete'], members: readonly ObjectOfKind[]): RelatedGroup {
  return { title, onDelete, items: members.slice(0, maxItems).map(itemOf), total: members.length }
}

export function itemOf({ kind, object }: ObjectOfKind): RelatedItem {
  const { namespace = '', name, uid, creationTimestamp } = object.metadata
  return { resource: kind.resource, kind: kind.kind, namespace, name, uid, state: stateOf(kind, object), createdAt: creationTimestamp }
}

export function missingItem(kind: Kind, namespace: string, name: string): RelatedItem {
  return {
    resource: kind.resource,
    kind: kind.kind,
    namespace,
    name,
    uid: undefined,
    state: { text: 'Missing', tone: 'bad' },
    createdAt: undefined,
  }
}
