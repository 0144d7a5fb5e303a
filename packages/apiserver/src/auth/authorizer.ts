import type { User } from './user.ts'

/** What a request wants to do. Resource requests name a resource, others only a path. */
export interface AuthorizationAttributes {
  user: User
  verb: string
  group: string
  /** Plural; '' for a request that is about a path. */
  resource: string
  subresource: string
  namespace: string
  name: string
  path: string
}

/** `undefined` allows; a text says why not and may be empty. */
export type Authorizer = (attributes: AuthorizationAttributes) => string | undefined

/** The Forbidden message of Kubernetes for these attributes, without the resource it starts with. */
export function denialOf(attributes: AuthorizationAttributes, reason: string): string {
  const { user, verb, group, resource, subresource, namespace, path } = attributes
  const because = reason ? `: ${reason}` : ''
  if (!resource) return `User ${JSON.stringify(user.name)} cannot ${verb} path ${JSON.stringify(path)}${because}`
  const what = subresource ? `${resource}/${subresource}` : resource
  const where = namespace ? `in the namespace ${JSON.stringify(namespace)}` : 'at the cluster scope'
  return `User ${JSON.stringify(user.name)} cannot ${verb} resource ${JSON.stringify(what)} in API group ${JSON.stringify(group)} ${where}${because}`
}
