import type { Pod } from '@quarterdeck/api'

import { isReady, isTerminating } from '../pods/pod-state.ts'
import { allowsSurge, type DaemonState } from './daemon-state.ts'

export interface DaemonPlan {
  /** Names of the nodes that get a pod. */
  create: string[]
  delete: Pod[]
}

/** Milliseconds for which the node's failed pod is to be left; 0 if it may go. */
export type FailureDelay = (nodeName: string) => number

/** What is there and should not be, and what is missing: one pod on every node that fits, failed and finished ones made anew. */
export function planDaemon(state: DaemonState, delayOf: FailureDelay): DaemonPlan {
  const plan: DaemonPlan = { create: [], delete: [] }
  const known = new Set<string>()
  for (const { name, fit } of state.nodes) {
    known.add(name)
    const pods = state.podsByNode.get(name)
    if (fit.shouldRun && !pods) plan.create.push(name)
    else if (pods && !fit.mayStay) plan.delete.push(...pods.filter((pod) => !isTerminating(pod)))
    else if (pods) planNode(state, { name, shouldRun: fit.shouldRun, pods, delayOf }, plan)
  }
  for (const [name, pods] of state.podsByNode)
    if (!known.has(name)) plan.delete.push(...pods.filter((pod) => !pod.spec.nodeName && !isTerminating(pod)))
  return plan
}

interface DaemonNode {
  name: string
  shouldRun: boolean
  pods: readonly Pod[]
  delayOf: FailureDelay
}

function planNode(state: DaemonState, { name, shouldRun, pods, delayOf }: DaemonNode, plan: DaemonPlan): void {
  const staying = pods.filter((pod) => !isTerminating(pod))
  const running = staying.filter(({ status }) => status.phase !== 'Failed' && status.phase !== 'Succeeded')
  for (const pod of staying)
    if (pod.status.phase === 'Succeeded' || (pod.status.phase === 'Failed' && delayOf(name) === 0)) plan.delete.push(pod)
  if (!allowsSurge(state.daemonSet)) plan.delete.push(...running.slice(1))
  // A pod that is surged over need not be gone before the next comes.
  else if (running.length === 0 && shouldRun) plan.create.push(name)
  else plan.delete.push(...surplusOf(state, running))
}

/** Beside each other may be the oldest of the new revision and the oldest of another, until the new one is available. */
function surplusOf(state: DaemonState, running: readonly Pod[]): Pod[] {
  const updated = running.find((pod) => state.isUpdated(pod))
  const outdated = running.find((pod) => !state.isUpdated(pod))
  const surplus = running.filter((pod) => pod !== updated && pod !== outdated)
  const isReplaced = updated && outdated && (!isReady(outdated) || state.isAvailable(updated))
  return isReplaced ? [...surplus, outdated] : surplus
}
