import type { Kind } from '@quarterdeck/api'
import type { KubeObject } from '@quarterdeck/api-machinery'

/** What identifies a kind, without its type parameter: kinds of different objects fit in one list. */
export type KindRef = Pick<Kind, 'group' | 'version' | 'kind' | 'plural' | 'resource' | 'apiVersion' | 'scope' | 'verbs'>

/** Gives a reference back the shape that a Client takes, where the object type doesn't matter. */
export function kindOf(ref: KindRef): Kind<KubeObject> {
  return ref as Kind<KubeObject>
}
