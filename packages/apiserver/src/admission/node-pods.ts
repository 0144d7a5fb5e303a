import { nodes, pods, referencesOf, type Pod } from '@quarterdeck/api'
import { equalJson, notFound, type KubeObject } from '@quarterdeck/api-machinery'

import { mirrorPodAnnotation } from '../auth/node/node-graph.ts'
import type { AdmissionAttributes, AdmissionReader } from './admission.ts'

/** Why a node may not do this to a pod; undefined if it may. Throws NotFound for a pod that is not there. */
export async function podProblem(attributes: AdmissionAttributes, node: string): Promise<string | undefined> {
  const { operation, subresource } = attributes
  const shown = JSON.stringify(node)
  switch (subresource) {
    case 'status':
      return operation === 'UPDATE' ? statusProblem(attributes, node) : `unexpected operation ${JSON.stringify(operation)}`
    case 'eviction':
      if (operation !== 'CREATE') return `unexpected operation ${operation}`
      return (await existingPod(attributes)).spec.nodeName === node
        ? undefined
        : `node ${node} can only evict pods with spec.nodeName set to itself`
    case '':
      if (operation === 'CREATE') return mirrorPodProblem(attributes.object as Pod, node, attributes.reader)
      if (operation === 'UPDATE')
        return `unexpected operation ${JSON.stringify(operation)}, node ${shown} can only create and delete mirror pods`
      return (await existingPod(attributes)).spec.nodeName === node
        ? undefined
        : `node ${shown} can only delete pods with spec.nodeName set to itself`
    default:
      return `unexpected pod subresource ${JSON.stringify(subresource)}, only 'status' and 'eviction' are allowed`
  }
}

async function existingPod({ old, subresource, namespace, name, object, reader }: AdmissionAttributes): Promise<Pod> {
  if (old && subresource === '') return old as Pod
  const podName = name || (object?.metadata.name ?? '')
  const stored = await reader.read(pods.resource, namespace, podName)
  if (!stored) throw notFound({ group: pods.group, resource: pods.plural }, podName)
  return stored.object as Pod
}

function statusProblem({ object, old }: AdmissionAttributes, node: string): string | undefined {
  const before = old as Pod
  const after = object as Pod
  const shown = JSON.stringify(node)
  if (before.spec.nodeName !== node) return `node ${shown} can only update pod status for pods with spec.nodeName set to itself`
  if (!equalJson(before.metadata.labels ?? {}, after.metadata.labels ?? {})) return `node ${shown} cannot update labels through pod status`
  const claims = ({ status }: Pod): unknown =>
    (status.resourceClaimStatuses ?? []).map(({ name, resourceClaimName }) => ({ name, resourceClaimName: resourceClaimName ?? null }))
  if (!equalJson(claims(before), claims(after))) return `node ${shown} cannot update resource claim statues`
  const extended = ({ status }: Pod): unknown => status.extendedResourceClaimStatus ?? null
  if (!equalJson(extended(before), extended(after))) return `node ${shown} cannot update extended resource claim statues`
  return undefined
}

/** A node makes pods only to show what it runs by itself; they may not refer to anything. */
async function mirrorPodProblem(pod: Pod, node: string, reader: AdmissionReader): Promise<string | undefined> {
  const shown = JSON.stringify(node)
  if (pod.metadata.annotations?.[mirrorPodAnnotation] === undefined)
    return `pod does not have ${JSON.stringify(mirrorPodAnnotation)} annotation, node ${shown} can only create mirror pods`
  if (pod.spec.nodeName !== node) return `node ${shown} can only create pods with spec.nodeName set to itself`
  const ownerProblem = await mirrorOwnerProblem(pod, node, reader)
  if (ownerProblem !== undefined) return ownerProblem
  const { secrets, configMaps, claims } = referencesOf(pod)
  if (pod.spec.serviceAccountName) return `node ${shown} can not create pods that reference a service account`
  if (secrets.size > 0) return `node ${shown} can not create pods that reference secrets`
  if (configMaps.size > 0) return `node ${shown} can not create pods that reference configmaps`
  const isOfBundle = pod.spec.volumes?.some(({ projected }) => projected?.sources?.some((source) => source.clusterTrustBundle))
  if (isOfBundle) return `node ${shown} can not create pods that reference clustertrustbundles`
  if (claims.size > 0) return `node ${shown} can not create pods that reference persistentvolumeclaims`
  return undefined
}

async function mirrorOwnerProblem({ metadata }: KubeObject, node: string, reader: AdmissionReader): Promise<string | undefined> {
  const shown = JSON.stringify(node)
  const [owner, ...others] = metadata.ownerReferences ?? []
  if (others.length > 0) return `node ${shown} can only create pods with a single owner reference set to itself`
  if (owner?.apiVersion !== nodes.apiVersion || owner.kind !== nodes.kind || owner.name !== node)
    return `node ${shown} can only create pods with an owner reference set to itself`
  if (!owner.controller) return `node ${shown} can only create pods with a controller owner reference set to itself`
  if (owner.blockOwnerDeletion) return `node ${shown} must not set blockOwnerDeletion on an owner reference`
  const stored = await reader.read(nodes.resource, '', node)
  if (!stored) throw notFound({ group: nodes.group, resource: nodes.plural }, node)
  return owner.uid === stored.uid ? undefined : `node ${node} UID mismatch: expected ${owner.uid} got ${stored.uid}`
}
