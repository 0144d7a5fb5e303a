import { setImmediate as nextTurn } from 'node:timers/promises'

import {
  configMaps,
  csiNodes,
  leases,
  localPath,
  nodes,
  nodeUsages,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  resourceClaims,
  resourceSlices,
  secrets,
  serviceAccounts,
  volumeAttachments,
} from '@quarterdeck/api'
import type { ObjectStore } from '@quarterdeck/storage'

import { allowed, noOpinion, type AuthorizationAttributes, type Authorizer, type Decision, type SubjectRules } from '../authorizer.ts'
import { CompiledRules } from '../rbac/compiled-rules.ts'
import { nodeRules } from '../rbac/policy/node-rules.ts'
import { nodeNameOf, type User } from '../user.ts'
import type { NodeGraph } from './node-graph.ts'

export const nodeLeaseNamespace = 'kube-node-lease'

/** One request of a node that is known by name. */
interface NodeRequest {
  node: string
  attributes: AuthorizationAttributes
}

type Answer = Decision | Promise<Decision>

/**
 * Lets nodes have what the pods on them refer to, and what the role system:node gives all of them alike. Where the graph knows no way
 * from an object to the node it is brought up to date before the node is refused: a pod that was bound a moment ago counts.
 * https://kubernetes.io/docs/reference/access-authn-authz/node/
 */
export class NodeAuthorizer implements Authorizer {
  readonly #graph: NodeGraph
  readonly #store: Pick<ObjectStore, 'currentRevision'>
  readonly #rules = new CompiledRules(nodeRules)
  readonly #byResource: Readonly<Record<string, (request: NodeRequest) => Answer>>

  constructor(graph: NodeGraph, store: Pick<ObjectStore, 'currentRevision'>) {
    this.#graph = graph
    this.#store = store
    this.#byResource = {
      [secrets.resource]: (request) => this.#readOne(request),
      [configMaps.resource]: (request) => this.#readOne(request),
      [persistentVolumeClaims.resource]: (request) =>
        request.attributes.subresource === 'status' ? this.#updateStatus(request) : this.#get(request),
      [persistentVolumes.resource]: (request) => this.#volume(request),
      [resourceClaims.resource]: (request) => this.#get(request),
      [volumeAttachments.resource]: (request) => this.#get(request),
      [serviceAccounts.resource]: (request) => this.#serviceAccount(request),
      [leases.resource]: lease,
      [csiNodes.resource]: csiNode,
      [nodeUsages.resource]: nodeUsage,
      [resourceSlices.resource]: (request) => this.#resourceSlice(request),
      [nodes.resource]: ownNode,
      [pods.resource]: (request) => this.#pod(request),
    }
  }

  authorize(attributes: AuthorizationAttributes): Answer {
    const node = nodeNameOf(attributes.user)
    if (node === undefined) return noOpinion()
    if (!node) return noOpinion(`unknown node for user ${JSON.stringify(attributes.user.name)}`)
    const { resource, group } = attributes
    const decide = resource ? this.#byResource[group ? `${resource}.${group}` : resource] : undefined
    if (decide) return decide({ node, attributes })
    return this.#rules.allow(attributes) ? allowed() : noOpinion()
  }

  rulesFor(user: User): Promise<SubjectRules> {
    const isNode = nodeNameOf(user) !== undefined
    return Promise.resolve({
      resourceRules: [],
      nonResourceRules: [],
      incomplete: isNode,
      evaluationError: isNode ? 'node authorizer does not support user rule resolution' : '',
    })
  }

  /** Get, list and watch of a single object. */
  #readOne(request: NodeRequest): Answer {
    const { verb, subresource, namespace } = request.attributes
    if (!['get', 'list', 'watch'].includes(verb)) return noOpinion('can only read resources of this type')
    if (subresource) return noOpinion('cannot read subresource')
    if (!namespace) return noOpinion('can only read namespaced object of this type')
    return this.#related(request)
  }

  #get(request: NodeRequest): Answer {
    if (request.attributes.verb !== 'get') return noOpinion('can only get individual resources of this type')
    if (request.attributes.subresource) return noOpinion('cannot get subresource')
    return this.#related(request)
  }

  #updateStatus(request: NodeRequest): Answer {
    if (!['update', 'patch'].includes(request.attributes.verb)) return noOpinion('can only get/update/patch this type')
    return this.#related(request)
  }

  /** Beyond what Kubernetes lets it, a node reads the volumes that it keeps by their label, and lets them go. */
  #volume(request: NodeRequest): Answer {
    const { verb, subresource, labelSelector = [] } = request.attributes
    if (verb === 'list' || verb === 'watch') {
      const isOwn = labelSelector.some(
        ({ key, operator, values }) =>
          key === localPath.nodeLabel && operator === 'In' && values.length === 1 && values[0] === request.node,
      )
      return isOwn ? allowed() : noOpinion('can only get individual resources of this type')
    }
    if (verb === 'update' && !subresource) return this.#related(request)
    return this.#get(request)
  }

  #serviceAccount(request: NodeRequest): Answer {
    const { verb, subresource, name } = request.attributes
    if (verb === 'get' && !subresource) return this.#related(request)
    if (verb !== 'create' || !name) return noOpinion('can only create tokens for individual service accounts')
    if (subresource !== 'token') return noOpinion('can only create token subresource of serviceaccount')
    return this.#related(request)
  }

  #resourceSlice(request: NodeRequest): Answer {
    const { verb, subresource } = request.attributes
    if (subresource) return noOpinion('cannot authorize ResourceSlice subresources')
    switch (verb) {
      case 'create':
        return allowed() // for the node that the slice names: admission sees it
      case 'get':
      case 'update':
      case 'patch':
      case 'delete':
        return this.#related(request)
      case 'list':
      case 'watch':
      case 'deletecollection':
        return selects(request, 'spec.nodeName')
          ? allowed()
          : noOpinion('can only list/watch/deletecollection resourceslices with nodeName field selector')
      default:
        return noOpinion(
          'only the following verbs are allowed for a ResourceSlice: get, watch, list, create, update, patch, delete, deletecollection',
        )
    }
  }

  #pod(request: NodeRequest): Answer {
    const { verb, subresource, name } = request.attributes
    switch (subresource ? `${verb} ${subresource}` : verb) {
      case 'get':
        return this.#related(request)
      case 'list':
      case 'watch':
        if (selects(request, 'spec.nodeName')) return allowed()
        return name ? this.#related(request) : noOpinion('can only list/watch pods with spec.nodeName field selector')
      case 'create':
      case 'delete':
      case 'update status':
      case 'patch status':
      case 'create eviction':
        return allowed() // for the node's own pods: admission sees them
      default:
        return noOpinion()
    }
  }

  #related({ node, attributes }: NodeRequest): Answer {
    const { group, resource: plural, namespace, name } = attributes
    if (!name) return noOpinion('No Object name found')
    const object = { resource: group ? `${plural}.${group}` : plural, namespace, name }
    if (this.#graph.isOf(node, object)) return allowed()
    return this.#lookAgain().then(() =>
      this.#graph.isOf(node, object) ? allowed() : noOpinion(`no relationship found between node '${node}' and this object`),
    )
  }

  async #lookAgain(): Promise<void> {
    await this.#graph.reach(await this.#store.currentRevision())
    await nextTurn() // changes are told to the graph no later than in this turn
  }
}

function lease({ node, attributes: { verb, namespace, name } }: NodeRequest): Decision {
  if (!['get', 'create', 'update', 'patch', 'delete'].includes(verb))
    return noOpinion('can only get, create, update, patch, or delete a node lease')
  if (namespace !== nodeLeaseNamespace)
    return noOpinion(`can only access leases in the ${JSON.stringify(nodeLeaseNamespace)} system namespace`)
  // The name of what is created is not known yet: admission sees it.
  if (verb !== 'create' && name !== node) return noOpinion('can only access node lease with the same name as the requesting node')
  return allowed()
}

function csiNode({ node, attributes: { verb, subresource, name } }: NodeRequest): Decision {
  if (!['get', 'create', 'update', 'patch', 'delete'].includes(verb))
    return noOpinion('can only get, create, update, patch, or delete a CSINode')
  if (subresource) return noOpinion('cannot authorize CSINode subresources')
  if (verb !== 'create' && name !== node) return noOpinion('can only access CSINode with the same name as the requesting node')
  return allowed()
}

function nodeUsage({ node, attributes: { verb, name } }: NodeRequest): Decision {
  if (!['get', 'create', 'update', 'patch', 'delete'].includes(verb))
    return noOpinion('can only get, create, update, patch, or delete a NodeUsage')
  if (verb !== 'create' && name !== node) return noOpinion('can only access NodeUsage with the same name as the requesting node')
  return allowed()
}

/** Its name is compared, not looked up: a node asks for its own object before there is one. */
function ownNode({ node, attributes: { verb, subresource, name } }: NodeRequest): Decision {
  switch (subresource ? `${verb} ${subresource}` : verb) {
    case 'create':
    case 'update':
    case 'patch':
    case 'update status':
    case 'patch status':
      return allowed() // of itself: admission sees which
    case 'get':
    case 'list':
    case 'watch':
      if (name === node) return allowed()
      return noOpinion(
        name
          ? `node '${node}' cannot read '${name}', only its own Node object`
          : `node '${node}' cannot read all nodes, only its own Node object`,
      )
    default:
      return noOpinion()
  }
}

/** Whether the request is only about what names the node in a field. */
function selects({ node, attributes }: NodeRequest, field: string): boolean {
  return (attributes.fieldSelector ?? []).some((term) => term.field === field && term.equal && term.value === node)
}
