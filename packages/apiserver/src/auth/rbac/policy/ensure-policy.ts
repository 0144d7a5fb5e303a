import { clusterRoleBindings, clusterRoles, roleBindings, roles, type Kind } from '@quarterdeck/api'
import { isApiError, keyOf, keyString, type Draft, type KubeObject } from '@quarterdeck/api-machinery'
import { createIfAbsent, getIfExists, type Client } from '@quarterdeck/client'

import { bootstrapPolicy } from './bootstrap-policy.ts'
import { planBinding, planRole, type RolePlan } from './plan-policy.ts'

const maxAttempts = 5

/**
 * Makes the roles and bindings of the policy that are missing, and gives those that are there what they lack of it; takes nothing away.
 * Safe to run by several servers at once; where nothing is to be done it only lists.
 */
export async function ensureBootstrapPolicy(client: Client): Promise<void> {
  const policy = bootstrapPolicy()
  // A role comes before who is bound to it: what a binding grants is never unknown.
  await Promise.all([ensureAll(client, clusterRoles, policy.clusterRoles, planRole), ensureAll(client, roles, policy.roles, planRole)])
  await Promise.all([
    ensureAll(client, clusterRoleBindings, policy.clusterRoleBindings, planBinding),
    ensureAll(client, roleBindings, policy.roleBindings, planBinding),
  ])
}

type Plan<T extends KubeObject> = (existing: T, wanted: Draft<T>) => RolePlan<T>

async function ensureAll<T extends KubeObject>(client: Client, kind: Kind<T>, wanted: readonly Draft<T>[], plan: Plan<T>): Promise<void> {
  const { items } = await client.list(kind)
  const existing = new Map(items.map((object) => [keyString(keyOf(object)), object]))
  await Promise.all(
    wanted.map(async (object) => {
      const found = existing.get(keyString(keyOf(object)))
      if (!found) return createIfAbsent(client, kind, object)
      if (plan(found, object).action !== 'keep') await change(client, kind, object, plan)
    }),
  )
}

async function change<T extends KubeObject>(client: Client, kind: Kind<T>, wanted: Draft<T>, plan: Plan<T>): Promise<void> {
  const key = keyOf(wanted)
  for (let attempt = 1; ; attempt++) {
    const found = await getIfExists(client, kind, key)
    if (!found) return createIfAbsent(client, kind, wanted)
    const next = plan(found, wanted)
    try {
      switch (next.action) {
        case 'keep':
          return
        case 'update':
          await client.update(kind, next.object)
          return
        case 'recreate':
          await client.delete(kind, key, { preconditions: { uid: found.metadata.uid } })
          await createIfAbsent(client, kind, wanted)
          return
      }
    } catch (error) {
      // Another server did the same, or an administrator something else.
      if (attempt === maxAttempts || !isApiError(error, 'Conflict', 'NotFound')) throw error
    }
  }
}
