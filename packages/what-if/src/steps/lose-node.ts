import { daemonSets, drainFateOf, statefulSets } from '@quarterdeck/api'
import { controllerOf } from '@quarterdeck/api-machinery'

import type { Scenario } from '../scenario.ts'
import { nodeNamed, podsOn } from './pods-on.ts'

/** The node is gone with all that is on it; no budget is asked. What controllers want comes back elsewhere. */
export async function loseNode(scenario: Scenario, name: string): Promise<void> {
  nodeNamed(scenario, name)
  const { core } = scenario.sandbox
  const lost = podsOn(scenario, name)
  for (const { metadata, spec } of lost) {
    if (spec.volumes?.some(({ emptyDir }) => emptyDir)) scenario.losingData.push({ namespace: metadata.namespace, name: metadata.name })
  }
  core.removeNode(name)
  for (const pod of lost) {
    const fate = drainFateOf(pod)
    if (fate === 'daemon-set' || fate === 'static') {
      scenario.leave(pod)
      scenario.gone.push({ ...scenario.named(pod), node: name, why: fate })
    } else scenario.end(pod, 'lost node')
  }
  scenario.notes.add('pods of a lost node come back when they have been evicted: after their toleration seconds, 300 by default')
  if (lost.some((pod) => controllerOf(pod)?.kind === statefulSets.kind))
    scenario.notes.add('pods of StatefulSets come back only when the Node is removed or tainted node.kubernetes.io/out-of-service')
  if (lost.some((pod) => controllerOf(pod)?.kind === daemonSets.kind)) scenario.notes.add('pods of DaemonSets do not move to another node')
  await scenario.settle()
}
