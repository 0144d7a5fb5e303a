import type { V1PolicyRule, V1RoleRef } from '@quarterdeck/api'
import { rbacGroup } from '@quarterdeck/api'

import type { Authorizer } from '../authorizer.ts'
import { mastersGroup, type User } from '../user.ts'
import { joinRules, listText, missingRules, ruleText } from './cover-rules.ts'
import type { HeldRules } from './rbac-authorizer.ts'

/** Who grants, and where: '' outside of namespaces. */
export interface Granting {
  user: User
  namespace: string
}

export interface EscalationOptions {
  authorizer: Authorizer
  heldRules(user: User, namespace: string): HeldRules
}

/** All that there is. */
const everything: readonly V1PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
]

/** Why the user may not grant these rules: they do not hold them themselves. Undefined if they may. */
export function checkEscalation(
  { user, namespace }: Granting,
  rules: readonly V1PolicyRule[],
  { heldRules }: Pick<EscalationOptions, 'heldRules'>,
): string | undefined {
  const held = heldRules(user, namespace)
  const missing = missingRules(held.rules, rules)
  if (missing.length === 0) return undefined
  const shown = joinRules(missing).map(ruleText).toSorted().join('\n')
  const errors = held.errors.length > 0 ? `; resolution errors: [${held.errors.join(' ')}]` : ''
  return `user ${JSON.stringify(user.name)} (groups=${listText(user.groups)}) is attempting to grant RBAC permissions not currently held:\n${shown}${errors}`
}

/** Whether the user holds all there is, which whoever makes an aggregated role must: it gathers anything. */
export function holdsEverything(granting: Granting, options: Pick<EscalationOptions, 'heldRules'>): boolean {
  return checkEscalation(granting, everything, options) === undefined
}

/** Whether the user need not hold what they grant. */
export function isAboveEscalation({ groups }: User): boolean {
  return groups.includes(mastersGroup)
}

/** Whether the user may write any rules into a role of this resource: the verb `escalate`. */
export async function mayEscalate(
  { user, namespace }: Granting,
  { resource, name }: { resource: string; name: string },
  { authorizer }: Pick<EscalationOptions, 'authorizer'>,
): Promise<boolean> {
  const target = { group: rbacGroup, version: '*', resource, subresource: '', namespace, name, path: '' }
  return (await authorizer.authorize({ user, verb: 'escalate', ...target })).decision === 'allow'
}

/** Whether the user may bind this role whatever it allows: the verb `bind`, asked where the binding is. */
export async function mayBind(
  { user, namespace }: Granting,
  { kind, name }: V1RoleRef,
  { authorizer }: Pick<EscalationOptions, 'authorizer'>,
): Promise<boolean> {
  const resource = kind === 'ClusterRole' ? 'clusterroles' : 'roles'
  const target = { group: rbacGroup, version: '*', resource, subresource: '', namespace, name, path: '' }
  return (await authorizer.authorize({ user, verb: 'bind', ...target })).decision === 'allow'
}
