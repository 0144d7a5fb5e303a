import { aggregatedRulesOf, clusterRoles, type ClusterRole } from '@quarterdeck/api'
import { equalJson, type ObjectKey } from '@quarterdeck/api-machinery'
import { defineController, done, type ReconcileContext, type ReconcileResult } from '@quarterdeck/controller-runtime'

/** Keeps the rules of aggregated ClusterRoles equal to those of the roles that they select. */
export const clusterRoleAggregationController = defineController({
  name: 'clusterrole-aggregation',
  component: 'clusterrole-aggregation-controller',
  primary: clusterRoles,
  writes: [clusterRoles],
  // Any role may be part of any other: each change is looked at for all that aggregate, of which there are few.
  concurrency: 1,
  batchMs: 50,
  reconcile,
})

async function reconcile(_key: ObjectKey, ctx: ReconcileContext): Promise<ReconcileResult> {
  const roles = ctx.cache(clusterRoles).list()
  for (const role of roles) {
    const rules = role.aggregationRule && planRules(role, roles)
    if (rules) await ctx.client.update(clusterRoles, { ...role, rules })
  }
  return done
}

/** The rules that an aggregated role should have; undefined if it has them. */
function planRules(role: ClusterRole, roles: readonly ClusterRole[]): ClusterRole['rules'] | undefined {
  const rules = [...aggregatedRulesOf(role, roles)]
  return equalJson(rules, role.rules ?? []) ? undefined : rules
}
