import type { KubeObject } from '@quarterdeck/api-machinery'

import type { Around } from '../state/state.ts'

/** What the states of a kind's objects depend on besides these objects. */
export interface Surroundings {
  of(object: KubeObject): Around
  /** Told of the objects, as `namespace/name`, around which something changed; undefined: of all. There is one listener. */
  listen(listener: (keys: Iterable<string> | undefined) => void): void
  close(): void
}

const nothing: Around = {}

export const nothingAround: Surroundings = { of: () => nothing, listen: () => {}, close: () => {} }
