import type { Pod } from '@quarterdeck/api'

import { isTerminating } from '../pods/pod-state.ts'
import { rollingLimitsOf, type DaemonState } from './daemon-state.ts'
import type { DaemonPlan } from './plan-daemon.ts'

/** The pods of a node that are not going: at most one of each kind, or the node is left to planDaemon. */
interface UpdatedNode {
  name: string
  shouldRun: boolean
  updated: Pod | undefined
  outdated: Pod | undefined
  isCrowded: boolean
}

/** The next steps of a rolling update, where planDaemon has nothing to do. */
export function planRollingUpdate(state: DaemonState): DaemonPlan {
  const nodes = nodesOf(state)
  const desired = state.nodes.filter(({ fit }) => fit.shouldRun).length
  const { maxSurge, maxUnavailable } = rollingLimitsOf(state.daemonSet, desired)
  return maxSurge === 0 ? planReplacing(state, nodes, maxUnavailable) : planSurging(state, nodes, { maxSurge, desired })
}

function nodesOf(state: DaemonState): UpdatedNode[] {
  return state.nodes
    .filter(({ name, fit }) => fit.shouldRun || state.podsByNode.has(name))
    .map(({ name, fit }) => {
      const staying = (state.podsByNode.get(name) ?? []).filter((pod) => !isTerminating(pod))
      const updated = staying.filter((pod) => state.isUpdated(pod))
      const outdated = staying.filter((pod) => !state.isUpdated(pod))
      const isCrowded = updated.length > 1 || outdated.length > 1
      return { name, shouldRun: fit.shouldRun, updated: updated[0], outdated: outdated[0], isCrowded }
    })
}

/** Outdated pods go, and new ones come in their place. Those that are unavailable anyway go at once. */
function planReplacing(state: DaemonState, nodes: readonly UpdatedNode[], maxUnavailable: number): DaemonPlan {
  const isUpdatable = ({ updated, outdated, isCrowded }: UpdatedNode): boolean => !isCrowded && !updated && outdated !== undefined
  const outdated = nodes.filter(isUpdatable).flatMap((node) => node.outdated ?? [])
  const unavailable = outdated.filter((pod) => !state.isAvailable(pod))
  const others = nodes.filter((node) => !isUpdatable(node))
  const waiting = others.filter(({ updated, outdated: old, isCrowded }) => isCrowded || old || !updated || !state.isAvailable(updated))
  const room = Math.max(0, maxUnavailable - unavailable.length - waiting.length)
  return { create: [], delete: [...unavailable, ...outdated.filter((pod) => state.isAvailable(pod)).slice(0, room)] }
}

/** New pods come beside outdated ones, which go when those are available. */
function planSurging(
  state: DaemonState,
  nodes: readonly UpdatedNode[],
  { maxSurge, desired }: { maxSurge: number; desired: number },
): DaemonPlan {
  const plan: DaemonPlan = { create: [], delete: [] }
  const candidates: string[] = []
  const misplaced: Pod[] = []
  let surging = nodes.filter(({ isCrowded }) => isCrowded).length
  let available = 0
  for (const { name, shouldRun, updated, outdated, isCrowded } of nodes) {
    if (isCrowded) continue
    const speaker = outdated ?? updated
    const isAvailable = speaker !== undefined && state.isAvailable(speaker)
    if (isAvailable) available++
    if (!outdated) continue
    if (updated) {
      if (state.isAvailable(updated)) plan.delete.push(outdated)
      else surging++
    } else if (!shouldRun) (isAvailable ? misplaced : plan.delete).push(outdated)
    else (isAvailable ? candidates : plan.create).push(name)
  }
  // A pod where none belongs any more stays until as many as wanted are available elsewhere.
  plan.delete.push(...misplaced.slice(0, Math.max(0, available - desired)))
  plan.create.push(...candidates.slice(0, Math.max(0, maxSurge - surging)))
  return plan
}
