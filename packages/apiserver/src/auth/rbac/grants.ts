import type { ClusterRoleBinding, RbacV1Subject, RoleBinding, V1RoleRef } from '@quarterdeck/api'

import { serviceAccountUserPrefix, type User } from '../user.ts'

export type Binding = RoleBinding | ClusterRoleBinding

/** A role that a binding grants to one of its subjects. */
export interface Grant {
  /** As it stands in the binding. */
  roleRef: V1RoleRef
  /** '' for a ClusterRoleBinding, which grants in every namespace and outside of them. */
  namespace: string
  binding: string
  subject: RbacV1Subject
}

/** Of one subject: its grants by namespace, then by binding. */
type GrantsOfSubject = Map<string, Map<string, Grant[]>>

/** What bindings grant, found by whom they grant it to. */
export class Grants {
  readonly #ofUsers = new Map<string, GrantsOfSubject>()
  readonly #ofGroups = new Map<string, GrantsOfSubject>()

  add(binding: Binding): void {
    const { namespace = '', name } = binding.metadata
    for (const subject of binding.subjects ?? []) {
      const place = this.#placeOf(subject, namespace)
      if (!place) continue
      const byNamespace = valueOf(place.map, place.name, (): GrantsOfSubject => new Map())
      const byBinding = valueOf(byNamespace, namespace, () => new Map<string, Grant[]>())
      valueOf(byBinding, name, (): Grant[] => []).push({ roleRef: binding.roleRef, namespace, binding: name, subject })
    }
  }

  remove(binding: Binding): void {
    const { namespace = '', name } = binding.metadata
    for (const subject of binding.subjects ?? []) {
      const place = this.#placeOf(subject, namespace)
      const byNamespace = place?.map.get(place.name)
      const byBinding = byNamespace?.get(namespace)
      byBinding?.delete(name)
      if (byBinding?.size === 0) byNamespace?.delete(namespace)
      if (place && byNamespace?.size === 0) place.map.delete(place.name)
    }
  }

  /** Forgets the bindings of a scope: those of the cluster, or those of every namespace. */
  clear(scope: 'Cluster' | 'Namespaced'): void {
    for (const map of [this.#ofUsers, this.#ofGroups])
      for (const [subject, byNamespace] of map) {
        for (const namespace of byNamespace.keys()) if ((namespace === '') === (scope === 'Cluster')) byNamespace.delete(namespace)
        if (byNamespace.size === 0) map.delete(subject)
      }
  }

  /** Calls back for each grant that holds for a user in a namespace, those of the cluster first, until it is answered true. */
  visit(user: User, namespace: string, isDone: (grant: Grant) => boolean): boolean {
    return this.#visitIn('', user, isDone) || (namespace !== '' && this.#visitIn(namespace, user, isDone))
  }

  #visitIn(namespace: string, { name, groups }: User, isDone: (grant: Grant) => boolean): boolean {
    if (visitGrants(this.#ofUsers.get(name)?.get(namespace), isDone)) return true
    return groups.some((group) => visitGrants(this.#ofGroups.get(group)?.get(namespace), isDone))
  }

  /** A service account is the user of its name; without a namespace it is of the binding's. */
  #placeOf({ kind, name, namespace }: RbacV1Subject, home: string): { map: Map<string, GrantsOfSubject>; name: string } | undefined {
    if (kind === 'User') return { map: this.#ofUsers, name }
    if (kind === 'Group') return { map: this.#ofGroups, name }
    const own = namespace || home
    return own ? { map: this.#ofUsers, name: `${serviceAccountUserPrefix}${own}:${name}` } : undefined
  }
}

/** `RoleBinding "read/default" of Role "reader" to User "ann"`, as Kubernetes tells why something is allowed. */
export function describeGrant({ roleRef, namespace, binding, subject }: Grant): string {
  const what = namespace ? `RoleBinding "${binding}/${namespace}"` : `ClusterRoleBinding "${binding}"`
  const whom = subject.kind === 'ServiceAccount' ? `${subject.name}/${subject.namespace || namespace}` : subject.name
  return `${what} of ${roleRef.kind} "${roleRef.name}" to ${subject.kind} "${whom}"`
}

function visitGrants(byBinding: ReadonlyMap<string, Grant[]> | undefined, isDone: (grant: Grant) => boolean): boolean {
  if (byBinding) for (const grants of byBinding.values()) for (const grant of grants) if (isDone(grant)) return true
  return false
}

function valueOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key)
  if (value === undefined) map.set(key, (value = make()))
  return value
}
