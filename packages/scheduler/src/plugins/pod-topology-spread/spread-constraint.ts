import { matchesNodeAffinity, type V1TopologySpreadConstraint } from '@quarterdeck/api'
import { requirementsOf, type Requirement } from '@quarterdeck/api-machinery'

import type { NodeInfo } from '../../cache/node-info.ts'
import type { PodInfo } from '../../cache/pod-info.ts'
import { matcherOf, matchesPod, type PodMatcher } from '../../cache/pod-matcher.ts'
import type { TallySpec } from '../../cache/tally.ts'
import { isTolerated } from '../taint-toleration/tolerates.ts'

export type WhenUnsatisfiable = 'DoNotSchedule' | 'ScheduleAnyway'

/** One constraint of a Pod, ready to be counted. */
export interface SpreadConstraint {
  topologyKey: string
  maxSkew: number
  minDomains: number
  matcher: PodMatcher
  /** 1 if the Pod itself is one of those to be spread. */
  self: 0 | 1
  honorsAffinity: boolean
  honorsTaints: boolean
}

/** `selector` replaces those of the constraints: default constraints have none. */
export function spreadConstraintsOf(
  pod: PodInfo,
  constraints: readonly V1TopologySpreadConstraint[],
  { action, selector }: { action: WhenUnsatisfiable; selector?: readonly Requirement[] },
): SpreadConstraint[] {
  return constraints
    .filter(({ whenUnsatisfiable }) => whenUnsatisfiable === action)
    .map((constraint) => {
      const requirements = selector ?? withMatchLabelKeys(pod, constraint)
      // To select everything means here to count nothing; but the Pod itself counts.
      const matcher = matcherOf([pod.namespace], requirements?.length ? requirements : undefined)
      const isSelf = requirements?.length === 0 || matchesPod(matcher, pod, () => undefined)
      return {
        topologyKey: constraint.topologyKey,
        maxSkew: constraint.maxSkew,
        minDomains: constraint.minDomains ?? 1,
        matcher,
        self: isSelf ? 1 : 0,
        honorsAffinity: (constraint.nodeAffinityPolicy ?? 'Honor') === 'Honor',
        honorsTaints: constraint.nodeTaintsPolicy === 'Honor',
      }
    })
}

function withMatchLabelKeys(
  { labels }: PodInfo,
  { labelSelector, matchLabelKeys = [] }: V1TopologySpreadConstraint,
): readonly Requirement[] | undefined {
  if (!labelSelector) return undefined
  const merged = requirementsOf(labelSelector)
  for (const key of matchLabelKeys) {
    const value = labels[key]
    const isThere = merged.some((r) => r.key === key && r.operator === 'In' && r.values.length === 1 && r.values[0] === value)
    if (value !== undefined && !isThere) merged.push({ key, operator: 'In', values: [value] })
  }
  return merged
}

/** How Pods of a constraint are counted. `requiredKeys`: labels that a node must have to take part. */
export function tallySpecOf(pod: PodInfo, constraint: SpreadConstraint, requiredKeys: readonly string[]): TallySpec {
  const { spec } = pod.pod
  const { honorsTaints, topologyKey, matcher } = constraint
  const honorsAffinity = constraint.honorsAffinity && (spec.nodeSelector ?? spec.affinity?.nodeAffinity) !== undefined
  const otherKeys = requiredKeys.filter((key) => key !== topologyKey)
  const counted = { matchers: [matcher] as const, topologyKey, countsTerminating: false }
  if (!honorsAffinity && !honorsTaints && otherKeys.length === 0) return counted
  const id = JSON.stringify([
    otherKeys,
    honorsAffinity ? [spec.nodeSelector, spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution] : 0,
    honorsTaints ? (spec.tolerations ?? []) : 0,
  ])
  const includes = ({ node, labels, hardTaints }: NodeInfo): boolean =>
    otherKeys.every((key) => labels[key] !== undefined) &&
    (!honorsAffinity || matchesNodeAffinity(spec, node)) &&
    (!honorsTaints || hardTaints.every((taint) => isTolerated(taint, spec.tolerations)))
  return { ...counted, nodes: { id, includes } }
}
