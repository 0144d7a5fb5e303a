import type { Node, Pod } from '@quarterdeck/api'
import { ApiError } from '@quarterdeck/api-machinery'

import type { Scenario } from '../scenario.ts'

/** Throws NotFound. */
export function nodeNamed({ sandbox }: Scenario, name: string): Node {
  const node = sandbox.core.cache.get(name)?.node
  if (!node) throw new ApiError('NotFound', `nodes ${JSON.stringify(name)} not found`)
  return node
}

/** Pods on a node that are not going already, in the order of their names. */
export function podsOn({ sandbox }: Scenario, nodeName: string): Pod[] {
  const pods = [...(sandbox.core.cache.get(nodeName)?.pods.values() ?? [])].filter(({ isTerminating }) => !isTerminating)
  return pods.toSorted((a, b) => (a.key < b.key ? -1 : 1)).map(({ pod }) => pod)
}
