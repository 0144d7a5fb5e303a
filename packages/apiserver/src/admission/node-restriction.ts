import { isDeepStrictEqual } from 'node:util'

import {
  csiNodes,
  leases,
  localPath,
  nodes,
  nodeUsages,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  resourceSlices,
  serviceAccounts,
  type Node,
  type PersistentVolumeClaim,
  type ResourceSlice,
} from '@quarterdeck/api'
import { equalJson, forbidden, type ApiError, type KubeObject } from '@quarterdeck/api-machinery'

import { nodeLeaseNamespace } from '../auth/node/node-authorizer.ts'
import { nodeNameOf } from '../auth/user.ts'
import type { AdmissionAttributes, AdmissionPlugin } from './admission.ts'
import { forbiddenLabels } from './node-labels.ts'
import { podProblem } from './node-pods.ts'
import { tokenProblem } from './node-tokens.ts'

/** Why a node may not do this; undefined if it may. Throws NotFound for what it is about and is not there. */
export type NodeRule = (attributes: AdmissionAttributes, node: string) => string | undefined | Promise<string | undefined>

const rules: Readonly<Record<string, NodeRule>> = {
  [pods.resource]: podProblem,
  [nodes.resource]: nodeProblem,
  [persistentVolumeClaims.resource]: claimProblem,
  [persistentVolumes.resource]: volumeProblem,
  [serviceAccounts.resource]: tokenProblem,
  [leases.resource]: leaseProblem,
  [csiNodes.resource]: ofSameName('CSINode'),
  [nodeUsages.resource]: ofSameName('NodeUsage'),
  [resourceSlices.resource]: sliceProblem,
}

/**
 * Nodes change only themselves and what is on them, and nothing by which they would draw work, or rights, to themselves.
 * https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction
 */
export const nodeRestriction: AdmissionPlugin = {
  name: 'NodeRestriction',
  resources: Object.keys(rules),
  subresources: ['status', 'eviction', 'binding', 'token'],
  operations: ['CREATE', 'UPDATE', 'DELETE'],
  async admit(attributes) {
    const node = nodeNameOf(attributes.user)
    if (node === undefined) return
    if (!node) throw refusal(attributes, `could not determine node from user ${JSON.stringify(attributes.user.name)}`)
    const problem = await rules[attributes.kind.resource]?.(attributes, node)
    if (problem !== undefined) throw refusal(attributes, problem)
  },
}

function refusal({ kind, name, object }: AdmissionAttributes, problem: string): ApiError {
  return forbidden({ group: kind.group, resource: kind.plural }, name || (object?.metadata.name ?? ''), problem)
}

function nodeProblem({ operation, name, object, old }: AdmissionAttributes, node: string): string | undefined {
  const requested = operation === 'CREATE' ? (object?.metadata.name ?? name) : name
  if (requested !== node) return `node ${JSON.stringify(node)} is not allowed to modify node ${JSON.stringify(requested)}`
  if (!object) return undefined
  const { metadata, spec } = object as Node
  const before = old as Node | undefined
  const isSource = spec.configSource !== undefined
  if (!before && isSource) return `node ${JSON.stringify(node)} is not allowed to create pods with a non-nil configSource`
  if (before && isSource && !equalJson(spec.configSource, before.spec.configSource))
    return `node ${JSON.stringify(node)} is not allowed to update configSource to a new non-nil configSource`
  if (before && !equalJson(spec.taints ?? [], before.spec.taints ?? []))
    return `node ${JSON.stringify(node)} is not allowed to modify taints`
  const labels = forbiddenLabels(metadata.labels, before?.metadata.labels)
  if (labels.length === 0) return undefined
  const shown = labels.join(', ')
  return before
    ? `is not allowed to modify labels: ${shown}`
    : `node ${JSON.stringify(node)} is not allowed to set the following labels: ${shown}`
}

/** Of a claim a node tells how far its volume has grown. */
function claimProblem({ subresource, operation, object, old }: AdmissionAttributes, node: string): string | undefined {
  if (subresource !== 'status') return 'may only update PVC status'
  if (operation !== 'UPDATE') return `unexpected operation ${JSON.stringify(operation)}`
  if (isDeepStrictEqual(withoutGrowth(object), withoutGrowth(old))) return undefined
  return `node ${JSON.stringify(node)} is not allowed to update fields other than status.quantity and status.conditions`
}

function withoutGrowth(object: KubeObject | undefined): unknown {
  const claim = object as PersistentVolumeClaim
  const { resourceVersion: _r, managedFields: _m, ...metadata } = claim.metadata
  const { capacity: _c, conditions: _o, allocatedResources: _a, allocatedResourceStatuses: _s, ...status } = claim.status
  return { ...claim, metadata, status }
}

/** Of a volume that it keeps in a folder a node may take its finalizer. */
function volumeProblem({ object, old }: AdmissionAttributes, node: string): string | undefined {
  const isOwn = old?.metadata.labels?.[localPath.nodeLabel] === node
  if (isOwn && object && isDeepStrictEqual(withoutFinalizer(object), withoutFinalizer(old))) return undefined
  return 'a node may only take its finalizer off a volume that it keeps'
}

function withoutFinalizer(object: KubeObject): unknown {
  const { finalizers = [], managedFields: _m, resourceVersion: _r, ...metadata } = object.metadata
  return { ...object, metadata: { ...metadata, finalizers: finalizers.filter((finalizer) => finalizer !== localPath.finalizer) } }
}

function leaseProblem(attributes: AdmissionAttributes, node: string): string | undefined {
  if (attributes.namespace !== nodeLeaseNamespace)
    return `can only access leases in the ${JSON.stringify(nodeLeaseNamespace)} system namespace`
  return nameOf(attributes) === node ? undefined : 'can only access node lease with the same name as the requesting node'
}

function ofSameName(kind: string): NodeRule {
  return (attributes, node) =>
    nameOf(attributes) === node ? undefined : `can only access ${kind} with the same name as the requesting node`
}

function nameOf({ operation, object, name }: AdmissionAttributes): string {
  return operation === 'CREATE' ? (object?.metadata.name ?? '') : name
}

function sliceProblem({ operation, object, old }: AdmissionAttributes, node: string): string | undefined {
  const slice = (operation === 'CREATE' ? object : operation === 'DELETE' ? old : undefined) as ResourceSlice | undefined
  if (!slice || slice.spec.nodeName === node) return undefined
  return `can only ${operation.toLowerCase()} ResourceSlice with the same NodeName as the requesting node`
}
