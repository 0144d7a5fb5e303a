import { mastersGroup, nodesGroup, nodeUserPrefix } from './user.ts'
import type { AuthorizationAttributes, Authorizer } from './authorizer.ts'

const readVerbs = new Set(['get', 'list', 'watch'])

/** What everybody may ask about themselves (system:basic-user). */
const selfReviews = new Set(['selfsubjectreviews', 'selfsubjectaccessreviews', 'selfsubjectrulesreviews'])

/** What a node may do, by `resource` or `resource/subresource`. A node's own name is checked where it can be. */
const nodeRules: Record<string, ReadonlySet<string>> = {
  nodes: new Set(['get', 'list', 'watch', 'create', 'update', 'patch']),
  'nodes/status': new Set(['get', 'update', 'patch']),
  pods: new Set(['get', 'list', 'watch', 'create', 'delete']),
  'pods/status': new Set(['get', 'update', 'patch']),
  'pods/eviction': new Set(['create']),
  'nodeusages.metrics.quarterdeck.dev': new Set(['get', 'create', 'update', 'delete']),
  services: readVerbs,
  endpoints: readVerbs,
  'endpointslices.discovery.k8s.io': readVerbs,
  namespaces: readVerbs,
  configmaps: readVerbs,
  secrets: readVerbs,
  'csinodes.storage.k8s.io': new Set(['get', 'create', 'update', 'patch', 'delete']),
  persistentvolumeclaims: readVerbs,
  // Which ones, and what of them, is for admission to say.
  persistentvolumes: new Set(['get', 'list', 'watch', 'update']),
  serviceaccounts: new Set(['get']),
  'serviceaccounts/token': new Set(['create']),
  events: new Set(['create', 'update', 'patch']),
  'events.events.k8s.io': new Set(['create', 'update', 'patch']),
  'leases.coordination.k8s.io': new Set(['get', 'create', 'update', 'patch', 'delete']),
}

/** Paths and reviews open to every authenticated user (system:discovery, system:basic-user). */
const discoveryPath = /^\/(api|apis|openapi|version|healthz|livez|readyz)(\/|$)/

/**
 * Administrators (system:masters) may do all, nodes what a node needs, everyone else discovery only.
 * Stands where RBAC will stand, behind the same hook.
 */
export const builtInAuthorizer: Authorizer = (attributes) => {
  const { user, resource, verb, path } = attributes
  if (user.groups.includes(mastersGroup)) return undefined
  if (verb === 'create' && selfReviews.has(resource)) return undefined
  if (!resource) return verb === 'get' && discoveryPath.test(path) ? undefined : ''
  if (user.groups.includes(nodesGroup)) return authorizeNode(attributes)
  return ''
}

function authorizeNode(attributes: AuthorizationAttributes): string | undefined {
  const { user, verb, group, resource, subresource, name } = attributes
  const qualified = group ? `${resource}.${group}` : resource
  const verbs = nodeRules[subresource ? `${qualified}/${subresource}` : qualified]
  if (!verbs?.has(verb)) return `nodes may not ${verb} it`
  const isNode = ['nodes', 'csinodes', 'nodeusages'].includes(resource)
  if (isNode && !readVerbs.has(verb) && name && user.name !== nodeUserPrefix + name) return 'a node may change only itself'
  return undefined
}
