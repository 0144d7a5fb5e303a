import type { NodeInfo } from '../../cache/node-info.ts'
import type { PodInfo } from '../../cache/pod-info.ts'
import { matchesPod, type NamespaceLabels, type PodMatcher } from '../../cache/pod-matcher.ts'
import { changeOfSpec, departure, relabelling, type Change, type Repair } from '../../framework/change.ts'
import { describeMatcher } from '../describe-matcher.ts'
import { domainOf, type AffinityState, type CountedTerm } from './affinity-state.ts'

type Side = 'podAffinity' | 'podAntiAffinity'

/** What can be done about terms that keep the Pod away: it drops them, the node joins another domain, or the Pods that are in the way leave. */
export function podAffinityRepairs(
  { affinity, antiAffinity, against }: AffinityState,
  node: NodeInfo,
  labelsOf: NamespaceLabels,
): Repair[] {
  const unmet = affinity.filter(({ term, tally }) => !tally.podsIn(domainOf(node, term.topologyKey) ?? ''))
  const clashing = antiAffinity.filter(({ term, tally }) => isOccupied(tally, domainOf(node, term.topologyKey)))
  const held = against.filter(({ topologyKey, holders }) => (holders.get(domainOf(node, topologyKey) ?? '') ?? 0) > 0)
  const dropped = [
    ...unmet.map((counted) => dropping('podAffinity', affinity.indexOf(counted), counted)),
    ...clashing.map((counted) => dropping('podAntiAffinity', antiAffinity.indexOf(counted), counted)),
  ]
  const leaving = inTheWay(
    node,
    clashing.map(({ term }) => term.matcher),
    labelsOf,
  )
  const isOnlyHere =
    clashing.length > 0 &&
    clashing.every(({ term, tally }) => tally.podsIn(domainOf(node, term.topologyKey) ?? '') === countOn(node, term.matcher, labelsOf))
  const repairs: Repair[] = held.length === 0 && dropped.length > 0 ? [dropped] : []
  if (held.length === 0 && unmet.length > 0 && clashing.length === 0) repairs.push(...joining(unmet, node))
  if (held.length === 0 && unmet.length === 0 && isOnlyHere && leaving.length > 0)
    repairs.push([departure(node.name, leaving, `the place of ${leaving.length} Pod(s) that this one keeps away from`)])
  if (held.length > 0) repairs.push(...withoutHolders(held, node, dropped))
  return repairs
}

const isOccupied = (tally: CountedTerm['tally'], value: string | undefined): boolean =>
  value !== undefined && (tally.podsIn(value) ?? 0) > 0

const countOn = (node: NodeInfo, matcher: PodMatcher, labelsOf: NamespaceLabels): number => inTheWay(node, [matcher], labelsOf).length

const inTheWay = ({ pods }: NodeInfo, matchers: readonly PodMatcher[], labelsOf: NamespaceLabels): PodInfo[] =>
  [...pods.values()].filter((pod) => matchers.some((matcher) => matchesPod(matcher, pod, labelsOf)))

/** The node gets the label of a domain where the Pods are. */
function joining(unmet: readonly CountedTerm[], { node }: NodeInfo): Repair[] {
  const labels: Record<string, string> = {}
  for (const { term, tally } of unmet) {
    const [busiest] = [...tally.domains()].toSorted(([, a], [, b]) => b.pods - a.pods)
    if (!busiest || busiest[1].pods === 0 || term.topologyKey === 'kubernetes.io/hostname') return []
    labels[term.topologyKey] = busiest[0]
  }
  return [[relabelling(node, labels)]]
}

/** Pods on the node whose own terms keep such Pods away leave it. */
function withoutHolders(held: AffinityState['against'], node: NodeInfo, dropped: readonly Change[]): Repair[] {
  const keys = new Set(held.map(({ topologyKey }) => topologyKey))
  const leaving = [...node.pods.values()].filter(({ terms }) => terms.requiredAntiAffinity.some(({ topologyKey }) => keys.has(topologyKey)))
  const here = held.every(({ topologyKey, holders }) => (holders.get(domainOf(node, topologyKey) ?? '') ?? 0) <= leaving.length)
  return here && leaving.length > 0
    ? [[...dropped, departure(node.name, leaving, `the place of ${leaving.length} Pod(s) that keep such Pods away`)]]
    : []
}

function dropping(side: Side, index: number, { term }: CountedTerm): Change {
  const what = side === 'podAffinity' ? 'affinity to' : 'anti-affinity against'
  const text = `drop the required ${what} pods with ${describeMatcher(term.matcher)} by ${term.topologyKey}`
  return changeOfSpec({ key: `${text} ${index}`, family: text, size: 1, text }, ({ affinity }) => {
    const { requiredDuringSchedulingIgnoredDuringExecution: required = [], ...preferred } = affinity?.[side] ?? {}
    const kept = required.map((other, at) => (at === index ? undefined : other)).filter((other) => other !== undefined)
    return { affinity: { ...affinity, [side]: { ...preferred, requiredDuringSchedulingIgnoredDuringExecution: kept } } }
  })
}
