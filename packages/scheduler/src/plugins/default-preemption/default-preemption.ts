import { LruMap, type Caches } from '@quarterdeck/controller-runtime'

import type { PodInfo } from '../../cache/pod-info.ts'
import { formatFitFailure } from '../../cycle/fit-failure.ts'
import type { Extender, NodeVictims } from '../../framework/extender.ts'
import type { FailedAttempt } from '../../framework/failed-attempt.ts'
import type { Plugin, PostFilterResult } from '../../framework/plugin.ts'
import { unresolvable, type Rejection } from '../../framework/rejection.ts'
import type { CoreHandle } from '../../scheduler-core.ts'
import { Budgets } from './budgets.ts'
import { candidateOf, chooseCandidate, type Candidate } from './candidate.ts'
import { selectVictims } from './select-victims.ts'
import { VictimsMemo } from './victims-memo.ts'

const name = 'DefaultPreemption'
const notHelpful = unresolvable('Preemption is not helpful for scheduling')
/** Preemptions whose victims are remembered while they go. */
const mostPreemptions = 10_000

/** A Pod that has to make way. */
export interface Preemption {
  victim: PodInfo
  preemptor: PodInfo
  nodeName: string
}

type SearchOptions = DefaultPreemptionOptions & { memo: VictimsMemo }

export interface DefaultPreemptionOptions {
  core: CoreHandle
  caches: Caches
  /** Ends a victim, with its grace period. Resolves when that has begun. */
  preempt(preemption: Preemption): Promise<void>
  /** Share of the nodes that are tried, of those on which preemption may help. Default 10. */
  minCandidateNodesPercentage?: number
  /** At least this many. Default 100. */
  minCandidateNodesAbsolute?: number
  random?: () => number
  /** Told of every attempt, with the number of victims. */
  onAttempt?(victims: number): void
}

/** Makes room for a Pod that fits nowhere by ending less important Pods, where that does least harm. */
export function createDefaultPreemption(options: DefaultPreemptionOptions): Plugin {
  const { core } = options
  const memo = new VictimsMemo()
  const leaving = new LruMap<string, readonly string[]>(mostPreemptions)
  /** Victims of the Pod that have not left yet. */
  const stillThere = ({ uid }: PodInfo): string[] => (leaving.get(uid) ?? []).filter((victim) => core.snapshot.podOf(victim) !== undefined)
  return {
    name,
    postFilter: (pod, attempt) => {
      const refusal = whyNotEligible(pod, attempt, stillThere(pod))
      if (refusal) return { message: `preemption: ${refusal}` }
      const { candidates, rejections } = findCandidates(pod, attempt, { ...options, memo })
      if (candidates.length === 0) {
        options.onAttempt?.(0)
        return nothingHelps(attempt, rejections)
      }
      const asked = attempt.extenders.filter((extender) => extender.preempts && extender.isInterestedIn(pod))
      const carryOut = (chosen: Candidate | undefined): PostFilterResult => {
        if (!chosen) return { message: 'preemption: no candidate node for preemption' }
        options.onAttempt?.(chosen.pods.length)
        leaving.set(
          pod.uid,
          chosen.pods.map(({ uid }) => uid),
        )
        void evict(pod, chosen, options).catch(() => {
          leaving.delete(pod.uid)
          core.activate(pod.uid)
        })
        return { nominatedNodeName: chosen.nodeName }
      }
      if (asked.length === 0) return carryOut(chooseCandidate(candidates))
      return askExtenders(pod, asked, candidates).then((remaining) => carryOut(chooseCandidate(remaining)))
    },
    // One victim after the other leaves: only with the last of them there is room.
    awaits: stillThere,
    postBind: ({ uid }) => leaving.delete(uid),
    hints: {},
  }
}

/** A victim counts from the moment it is chosen: until its deletion is seen, it looks like any other Pod. */
function whyNotEligible(pod: PodInfo, attempt: FailedAttempt, victims: readonly string[]): string | undefined {
  if (pod.pod.spec.preemptionPolicy === 'Never') return 'not eligible due to preemptionPolicy=Never.'
  const nominated = attempt.snapshot.nominations.nodeOf(pod.uid)
  const node = nominated === undefined ? undefined : attempt.snapshot.get(nominated)
  if (!node || attempt.rejectionOf(node.name)?.isUnresolvable) return undefined
  for (const other of node.pods.values()) {
    if (other.priority < pod.priority && (isBeingPreempted(other) || victims.includes(other.uid)))
      return 'not eligible due to a terminating pod on the nominated node.'
  }
  return undefined
}

const isBeingPreempted = ({ pod, isTerminating }: PodInfo): boolean =>
  isTerminating &&
  (pod.status.conditions?.some(
    ({ type, status, reason }) => type === 'DisruptionTarget' && status === 'True' && reason === 'PreemptionByScheduler',
  ) ??
    false)

function findCandidates(
  pod: PodInfo,
  attempt: FailedAttempt,
  { caches, memo, minCandidateNodesPercentage = 10, minCandidateNodesAbsolute = 100, random = Math.random }: SearchOptions,
): { candidates: Candidate[]; rejections: Rejection[] } {
  const budgets = new Budgets(caches)
  const known = memo.for(pod, attempt, { budgets, offset: random() })
  const nodeCount = known.open.size + known.candidates.size + known.rejections.size
  const wanted = Math.min(nodeCount, Math.max(minCandidateNodesAbsolute, Math.floor((nodeCount * minCandidateNodesPercentage) / 100)))
  known.search(wanted, (node) => selectVictims(pod, node, { attempt, budgets }))
  const candidates = [...known.candidates.values()]
  return { candidates, rejections: candidates.length > 0 ? [] : [...known.rejections.values()] }
}

/** As kube-scheduler words it: what the nodes lack even without their less important Pods. */
function nothingHelps({ snapshot }: FailedAttempt, tried: readonly Rejection[]): PostFilterResult {
  const nodeCount = snapshot.nodes.length
  const rejections = new Map<Rejection, { plugin: string; nodes: number }>()
  for (const rejected of tried) rejections.set(rejected, { plugin: name, nodes: (rejections.get(rejected)?.nodes ?? 0) + 1 })
  if (tried.length < nodeCount) rejections.set(notHelpful, { plugin: name, nodes: nodeCount - tried.length })
  const message = formatFitFailure({
    nodeCount,
    rejections,
    rejectedBy: new Set(),
    preFilterMessage: undefined,
    postFilterMessage: undefined,
  })
  return { nominatedNodeName: '', message: `preemption: ${message}` }
}

async function askExtenders(pod: PodInfo, extenders: readonly Extender[], candidates: readonly Candidate[]): Promise<Candidate[]> {
  let remaining: ReadonlyMap<string, NodeVictims> = new Map(candidates.map((candidate) => [candidate.nodeName, candidate]))
  for (const extender of extenders) {
    if (remaining.size === 0) break
    try {
      remaining = await extender.preempt(pod, remaining)
    } catch (error) {
      if (!extender.isIgnorable) throw error
    }
  }
  return [...remaining].map(([nodeName, victims]) => candidateOf(nodeName, victims))
}

/** Pods that only wait for permission are turned away, the others ended; less important Pods that wait for this node must look elsewhere. */
async function evict(preemptor: PodInfo, { nodeName, pods }: Candidate, { core, preempt }: DefaultPreemptionOptions): Promise<void> {
  for (const waiting of core.snapshot.nominations.on(nodeName)) {
    if (waiting.priority < preemptor.priority) core.clearNomination(waiting.uid)
  }
  await Promise.all(
    pods.map(async (victim) => {
      const waiting = core.permits.get(victim.uid)
      if (waiting) waiting.reject(name, 'preempted')
      else if (!victim.isTerminating) await preempt({ victim, preemptor, nodeName })
    }),
  )
}
