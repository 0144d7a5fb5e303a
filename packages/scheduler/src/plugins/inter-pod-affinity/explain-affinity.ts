import type { NodeInfo } from '../../cache/node-info.ts'
import type { PodMatcher } from '../../cache/pod-matcher.ts'
import { describeMatcher } from '../describe-matcher.ts'
import { domainOf, type AffinityState } from './affinity-state.ts'

/** Everything about Pods near the node that keeps the Pod away, with numbers. */
export function explainAffinity(state: AffinityState | undefined, node: NodeInfo): string {
  if (!state) return ''
  const found: string[] = []
  const where = (topologyKey: string, value: string): string => `${topologyKey}=${value}`
  for (const { term, tally } of state.affinity) {
    const value = domainOf(node, term.topologyKey)
    if (value === undefined) found.push(`the node has no label ${term.topologyKey}`)
    else if (!tally.podsIn(value)) found.push(`no ${pods(term.matcher)} in ${where(term.topologyKey, value)}`)
  }
  for (const { term, tally } of state.antiAffinity) {
    const value = domainOf(node, term.topologyKey)
    const count = value === undefined ? 0 : (tally.podsIn(value) ?? 0)
    if (value !== undefined && count > 0) found.push(`${count} ${pods(term.matcher)} in ${where(term.topologyKey, value)}`)
  }
  for (const { topologyKey, holders } of state.against) {
    const value = domainOf(node, topologyKey)
    const count = value === undefined ? 0 : (holders.get(value) ?? 0)
    if (value !== undefined && count > 0) found.push(`${count} pod(s) in ${where(topologyKey, value)} keep such pods away`)
  }
  return found.join(', ')
}

const pods = (matcher: PodMatcher): string => `pod(s) with ${describeMatcher(matcher)}`
