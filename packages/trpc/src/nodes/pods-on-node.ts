import { pods, type Pod } from '@quarterdeck/api'

import type { LiveKinds } from '../live/live-kinds.ts'

/** The pods that are on a node, by namespace and name. */
export async function podsOnNode(live: LiveKinds, nodeName: string): Promise<Pod[]> {
  const rows = (await live.of(pods)).rows()
  const found: Pod[] = []
  for (const { object } of rows) if ((object as Pod).spec.nodeName === nodeName) found.push(object as Pod)
  return found.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
}

export function keyOf({ metadata: { namespace = '', name } }: Pod): string {
  return `${namespace}/${name}`
}
