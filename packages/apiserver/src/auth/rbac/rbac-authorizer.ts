import {
  clusterRoleBindings,
  clusterRoles,
  rbacGroup,
  roleBindings,
  roles,
  type ClusterRole,
  type Kind,
  type Role,
  type V1PolicyRule,
  type V1RoleRef,
} from '@quarterdeck/api'
import type { ObjectStore, StoredObject } from '@quarterdeck/storage'

import {
  aggregated,
  allowed,
  noOpinion,
  type AuthorizationAttributes,
  type Authorizer,
  type Decision,
  type SubjectRules,
} from '../authorizer.ts'
import { followCache, type DerivedView } from '../follow-cache.ts'
import type { User } from '../user.ts'
import { CompiledRules } from './compiled-rules.ts'
import { describeGrant, Grants, type Binding } from './grants.ts'

type Scope = 'Cluster' | 'Namespaced'

interface KnownRole {
  rules: readonly V1PolicyRule[]
  /** Made when it is first asked. */
  compiled: CompiledRules | undefined
}

/** Rules of a user, and why some may be missing. */
export interface HeldRules {
  rules: readonly V1PolicyRule[]
  errors: readonly string[]
}

/** Allows what roles allow that are bound to the user or a group of theirs; never denies. Holds every role and binding, found by subject. */
export class RbacAuthorizer implements Authorizer {
  readonly #grants = new Grants()
  /** By `namespace/name`, cluster roles with an empty namespace. */
  readonly #roles = new Map<string, KnownRole>()

  /** Keeps it equal to the roles and bindings in the store. */
  async follow(store: ObjectStore): Promise<void> {
    const views: [Kind, DerivedView][] = [
      [roles, this.#roleView('Namespaced')],
      [clusterRoles, this.#roleView('Cluster')],
      [roleBindings, this.#bindingView('Namespaced')],
      [clusterRoleBindings, this.#bindingView('Cluster')],
    ]
    await Promise.all(views.map(([kind, view]) => followCache(store, kind.resource, view)))
  }

  authorize(attributes: AuthorizationAttributes): Decision {
    let reason = ''
    const missing: string[] = []
    const isAllowed = this.#grants.visit(attributes.user, attributes.namespace, (grant) => {
      const role = this.#roleOf(grant.roleRef, grant.namespace)
      if (!role) {
        missing.push(notFoundText(grant.roleRef))
        return false
      }
      role.compiled ??= new CompiledRules(role.rules)
      if (!role.compiled.allow(attributes)) return false
      reason = `RBAC: allowed by ${describeGrant(grant)}`
      return true
    })
    if (isAllowed) return allowed(reason)
    return noOpinion(missing.length > 0 ? `RBAC: ${aggregated(missing)}` : '')
  }

  rulesFor(user: User, namespace: string): Promise<SubjectRules> {
    const { rules, errors } = this.heldRules(user, namespace)
    return Promise.resolve({
      resourceRules: rules.flatMap(({ verbs, apiGroups = [], resources = [], resourceNames }) =>
        resources.length > 0 ? [{ verbs, apiGroups, resources, ...(resourceNames?.length ? { resourceNames } : {}) }] : [],
      ),
      nonResourceRules: rules.flatMap(({ verbs, nonResourceURLs = [] }) =>
        nonResourceURLs.length > 0 ? [{ verbs, nonResourceURLs }] : [],
      ),
      incomplete: errors.length > 0,
      evaluationError: aggregated(errors),
    })
  }

  /** Every rule that roles give the user in a namespace. */
  heldRules(user: User, namespace: string): HeldRules {
    const rules: V1PolicyRule[] = []
    const errors: string[] = []
    this.#grants.visit(user, namespace, ({ roleRef, namespace: home }) => {
      const role = this.#roleOf(roleRef, home)
      if (role) rules.push(...role.rules)
      else errors.push(notFoundText(roleRef))
      return false
    })
    return { rules, errors }
  }

  /** The rules of the role that a binding in a namespace refers to; undefined if there is none. */
  rulesOf(roleRef: V1RoleRef, namespace: string): readonly V1PolicyRule[] | undefined {
    return this.#roleOf(roleRef, namespace)?.rules
  }

  #roleOf({ kind, name }: V1RoleRef, namespace: string): KnownRole | undefined {
    return this.#roles.get(kind === 'Role' ? `${namespace}/${name}` : `/${name}`)
  }

  #roleView(scope: Scope): DerivedView {
    const put = (stored: StoredObject): void => {
      const { rules = [] } = stored.object as Role | ClusterRole
      this.#roles.set(idOf(stored), { rules, compiled: undefined })
    }
    return {
      replace: (objects) => {
        for (const id of this.#roles.keys()) if (id.startsWith('/') === (scope === 'Cluster')) this.#roles.delete(id)
        for (const stored of objects) put(stored)
      },
      apply: ({ type, current }) => {
        if (type === 'deleted') this.#roles.delete(idOf(current))
        else put(current)
      },
    }
  }

  #bindingView(scope: Scope): DerivedView {
    const bindings = new Map<string, Binding>()
    const remove = (id: string): void => {
      const old = bindings.get(id)
      if (old) this.#grants.remove(old)
      bindings.delete(id)
    }
    const put = (stored: StoredObject): void => {
      const binding = stored.object as Binding
      remove(idOf(stored))
      bindings.set(idOf(stored), binding)
      this.#grants.add(binding)
    }
    return {
      replace: (objects) => {
        bindings.clear()
        this.#grants.clear(scope)
        for (const stored of objects) put(stored)
      },
      apply: ({ type, current }) => {
        if (type === 'deleted') remove(idOf(current))
        else put(current)
      },
    }
  }
}

function idOf({ key: { namespace, name } }: StoredObject): string {
  return `${namespace}/${name}`
}

function notFoundText({ kind, name }: V1RoleRef): string {
  return `${kind.toLowerCase()}.${rbacGroup} "${name}" not found`
}
