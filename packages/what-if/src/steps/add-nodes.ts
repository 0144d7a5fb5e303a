import { addNodeLike, freeNodeName } from '@quarterdeck/scheduler'

import type { Scenario } from '../scenario.ts'
import { nodeNamed } from './pods-on.ts'

export async function addNodes(scenario: Scenario, { like, count }: { like: string; count: number }): Promise<void> {
  nodeNamed(scenario, like)
  for (let i = 0; i < count; i++) addNodeLike(scenario.sandbox, like, freeNodeName(scenario.sandbox, like))
  await scenario.settle()
}
