import type { KubeObject } from '@quarterdeck/api-machinery'
import type { StoredObject, Write } from '@quarterdeck/storage'

/** What a request would store: its own write first, then those that must go with it. */
export interface WritePlan {
  /** The object as the kind of the request shows it, before it has a new resourceVersion. */
  object: KubeObject
  writes: readonly Write[]
  /** Set when the request changes nothing: there is then no write. */
  unchanged?: StoredObject
}
