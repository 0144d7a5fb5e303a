import type { PodInfo } from '../../cache/pod-info.ts'
import type { NodeVictims } from '../../framework/extender.ts'

/** A node on which the Pod would fit if these Pods made way. */
export interface Candidate extends NodeVictims {
  readonly nodeName: string
  /** Most important first. */
  readonly pods: readonly PodInfo[]
  /** How much harm it does: the less the better, compared one after the other. */
  readonly harm: readonly number[]
}

/** So that a few Pods of negative priority are not worse than many. */
const prioritiesBelowZero = 2 ** 31

export function candidateOf(nodeName: string, { pods, budgetViolations }: NodeVictims): Candidate {
  const ordered = pods.toSorted(byImportance)
  const sum = ordered.reduce((total, { priority }) => total + priority + prioritiesBelowZero, 0)
  // Pods that started later lose less.
  const harm = [budgetViolations, ordered[0]?.priority ?? 0, sum, ordered.length, -earliestStartOfMostImportant(ordered)]
  return { nodeName, pods: ordered, budgetViolations, harm }
}

/** The candidate that does least harm; of equal ones, the first. */
export function chooseCandidate(candidates: readonly Candidate[]): Candidate | undefined {
  let best = candidates[0]
  for (const candidate of candidates) if (best && doesLessHarm(candidate, best)) best = candidate
  return best
}

function doesLessHarm({ harm }: Candidate, { harm: least }: Candidate): boolean {
  for (let i = 0; i < harm.length; i++) if (harm[i] !== least[i]) return harm[i]! < least[i]!
  return false
}

function earliestStartOfMostImportant(pods: readonly PodInfo[]): number {
  let earliest = Infinity
  for (const pod of pods) if (pod.priority === pods[0]?.priority) earliest = Math.min(earliest, startedAtMs(pod))
  return earliest
}

/** A Pod that has not started yet counts as the latest. */
const startedAtMs = ({ pod }: PodInfo): number => (pod.status.startTime ? Date.parse(pod.status.startTime) : Number.MAX_SAFE_INTEGER)

/** Whether `a` is to be spared before `b`: higher priority, then the one that has run longer. */
export const byImportance = (a: PodInfo, b: PodInfo): number => b.priority - a.priority || startedAtMs(a) - startedAtMs(b)
