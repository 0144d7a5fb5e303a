import { drainFateOf, type Node } from '@quarterdeck/api'

import type { Refusal } from '../budget-ledger.ts'
import type { Scenario } from '../scenario.ts'
import { nodeNamed, podsOn } from './pods-on.ts'

const cordonTaint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }

/**
 * Cordons the node and evicts its Pods, as kubectl does: what a budget refuses is tried again when others have come back, until that
 * changes nothing any more.
 */
export async function drainNode(scenario: Scenario, name: string): Promise<void> {
  const { core } = scenario.sandbox
  const node = nodeNamed(scenario, name)
  core.setNode(cordoned(node), node)
  const leaving = []
  for (const pod of podsOn(scenario, name)) {
    const fate = drainFateOf(pod)
    const named = { ...scenario.named(pod), node: name }
    if (fate === 'daemon-set' || fate === 'static') scenario.staying.push({ ...named, why: fate })
    else leaving.push(pod)
    if (fate === 'local-data') scenario.losingData.push({ namespace: named.namespace, name: named.name })
  }
  if (scenario.losingData.length > 0) scenario.notes.add('kubectl drain asks for --delete-emptydir-data because of pods with an emptyDir')
  scenario.budgets.refresh(new Set(leaving.map(({ metadata }) => metadata.namespace)))
  let refused = new Map<string, Refusal>()
  for (let left = leaving; left.length > 0 && !scenario.signal.aborted;) {
    refused = new Map()
    for (const pod of left) {
      const refusal = scenario.budgets.take(pod)
      if (refusal) refused.set(pod.metadata.uid, refusal)
      else scenario.end(pod, 'drain')
    }
    await scenario.settle()
    const still = left.filter(({ metadata }) => refused.has(metadata.uid) && core.cache.podOf(metadata.uid))
    if (still.length === left.length) break
    left = still
  }
  for (const pod of leaving) {
    const refusal = core.cache.podOf(pod.metadata.uid) && refused.get(pod.metadata.uid)
    if (refusal) scenario.blocked.push({ ...scenario.named(pod), node: name, ...refusal })
  }
  if (scenario.gone.some(({ why }) => why === 'unmanaged'))
    scenario.notes.add('kubectl drain asks for --force because of pods that no controller makes anew')
}

const cordoned = (node: Node): Node => ({
  ...node,
  spec: {
    ...node.spec,
    unschedulable: true,
    taints: [...(node.spec.taints ?? []).filter(({ key }) => key !== cordonTaint.key), cordonTaint],
  },
})
