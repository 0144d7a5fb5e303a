import { matchesLabelSelector } from '@quarterdeck/api-machinery'

import type { V1PolicyRule } from '../generated/types.ts'
import type { ClusterRole } from '../kinds/cluster-role.ts'

/**
 * The rules of every cluster role that an aggregated one selects, in the order of selectors and names, each rule once; of a role
 * that aggregates nothing its own.
 */
export function aggregatedRulesOf(role: ClusterRole, all: Iterable<ClusterRole>): readonly V1PolicyRule[] {
  if (!role.aggregationRule) return role.rules ?? []
  const others = [...all]
    .filter((other) => other.metadata.name !== role.metadata.name)
    .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
  const rules = new Map<string, V1PolicyRule>()
  for (const selector of role.aggregationRule.clusterRoleSelectors ?? []) {
    for (const other of others) {
      if (!matchesLabelSelector(selector, other.metadata.labels)) continue
      for (const rule of other.rules ?? []) rules.set(textOf(rule), rule)
    }
  }
  return [...rules.values()]
}

/** The same for equal rules. */
function textOf({ verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] }: V1PolicyRule): string {
  return JSON.stringify([verbs, apiGroups, resources, resourceNames, nonResourceURLs])
}
