import {
  clusterRoleBindings,
  clusterRoles,
  roleBindings,
  roles,
  type ClusterRole,
  type ClusterRoleBinding,
  type Role,
  type RoleBinding,
  type V1PolicyRule,
  type V1RoleRef,
} from '@quarterdeck/api'
import { equalJson, forbidden, notFound, type KubeObject } from '@quarterdeck/api-machinery'

import {
  checkEscalation,
  holdsEverything,
  isAboveEscalation,
  mayBind,
  mayEscalate,
  type EscalationOptions,
} from '../auth/rbac/check-escalation.ts'
import type { AdmissionAttributes, AdmissionPlugin } from './admission.ts'

const ofRoles: readonly string[] = [roles.resource, clusterRoles.resource]

/**
 * Nobody grants what they do not hold: of roles and bindings that are written it asks that their writer has every rule in them, or
 * the verbs `escalate` and `bind`. https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping
 */
export function createRbacEscalation(options: EscalationOptions): AdmissionPlugin {
  return {
    name: 'RBACEscalation',
    resources: [...ofRoles, roleBindings.resource, clusterRoleBindings.resource],
    operations: ['CREATE', 'UPDATE'],
    async admit(attributes) {
      const { user, kind, object, old } = attributes
      if (!object || isAboveEscalation(user) || (old && changesOnlyOwners(object, old))) return
      const problem = ofRoles.includes(kind.resource) ? await roleProblem(attributes, options) : await bindingProblem(attributes, options)
      if (problem !== undefined) throw forbidden({ group: kind.group, resource: kind.plural }, object.metadata.name, problem)
    },
  }
}

async function roleProblem(attributes: AdmissionAttributes, options: EscalationOptions): Promise<string | undefined> {
  const { operation, kind, object, old } = attributes
  // The name is not part of a request to create.
  const name = operation === 'CREATE' ? '' : attributes.name
  if (await mayEscalate(attributes, { resource: kind.plural, name }, options)) return undefined
  const problem = checkEscalation(attributes, (object as Role).rules ?? [], options)
  if (problem !== undefined) return problem
  const isAggregated = ([object, old] as (ClusterRole | undefined)[]).some((role) => role?.aggregationRule)
  if (isAggregated && !holdsEverything(attributes, options)) return 'must have cluster-admin privileges to use the aggregationRule'
  return undefined
}

async function bindingProblem(attributes: AdmissionAttributes, options: EscalationOptions): Promise<string | undefined> {
  const { roleRef } = attributes.object as RoleBinding | ClusterRoleBinding
  if (await mayBind(attributes, roleRef, options)) return undefined
  return checkEscalation(attributes, await rulesOf(roleRef, attributes), options)
}

/** Throws NotFound for a role that is not there: nobody knows what it will allow. What is no role, validation refuses. */
async function rulesOf({ kind: roleKind, name }: V1RoleRef, { namespace, reader }: AdmissionAttributes): Promise<readonly V1PolicyRule[]> {
  const kind = roleKind === clusterRoles.kind ? clusterRoles : roleKind === roles.kind ? roles : undefined
  if (!kind || !name) return []
  const found = await reader.read(kind.resource, kind === roles ? namespace : '', name)
  if (!found) throw notFound({ group: kind.group, resource: kind.plural }, name)
  return (found.object as Role).rules ?? []
}

/** What the garbage collector changes before it deletes grants nothing. */
function changesOnlyOwners(object: KubeObject, old: KubeObject): boolean {
  const isEqual = (field: 'ownerReferences' | 'finalizers'): boolean => equalJson(object.metadata[field] ?? [], old.metadata[field] ?? [])
  if (isEqual('ownerReferences') && isEqual('finalizers')) return false
  return equalJson(withoutOwners(object), withoutOwners(old))
}

function withoutOwners(object: KubeObject): unknown {
  const { ownerReferences: _o, finalizers: _f, managedFields: _m, resourceVersion: _r, ...metadata } = object.metadata
  return { ...object, metadata }
}
