import type { NodeInfo } from '../../cache/node-info.ts'
import type { PodInfo } from '../../cache/pod-info.ts'
import type { FailedAttempt } from '../../framework/failed-attempt.ts'
import { unresolvable, type Rejection } from '../../framework/rejection.ts'
import type { Budgets } from './budgets.ts'
import { byImportance, candidateOf, type Candidate } from './candidate.ts'

const noVictims = unresolvable('No preemption victims found for incoming pod')

/**
 * The fewest and least important Pods that must leave the node for the Pod to fit: all that are less important are taken away, and
 * brought back one after the other as long as it still fits, first those whose going would violate a budget.
 */
export function selectVictims(
  pod: PodInfo,
  node: NodeInfo,
  { attempt, budgets }: { attempt: FailedAttempt; budgets: Budgets },
): Candidate | Rejection {
  const potential: PodInfo[] = []
  for (const other of node.pods.values()) if (other.priority < pod.priority) potential.push(other)
  if (potential.length === 0) return noVictims
  const trial = attempt.trialOn(node)
  for (const other of potential) trial.remove(other)
  const rejected = trial.rejection()
  if (rejected) return rejected
  potential.sort(byImportance)
  const violating = budgets.violatedBy(potential)
  const ordered = violating.size === 0 ? potential : [...violating, ...potential.filter((other) => !violating.has(other))]
  const victims: PodInfo[] = []
  let budgetViolations = 0
  for (const other of ordered) {
    trial.add(other)
    if (!trial.rejection()) continue
    trial.remove(other)
    victims.push(other)
    if (violating.has(other)) budgetViolations++
  }
  return candidateOf(node.name, { pods: victims, budgetViolations })
}
