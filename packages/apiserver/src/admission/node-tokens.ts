import {
  claimNameOf,
  csiDrivers,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  type AuthenticationV1TokenRequest,
  type CSIDriver,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type Pod,
  type V1Volume,
} from '@quarterdeck/api'
import { notFound } from '@quarterdeck/api-machinery'

import type { AdmissionAttributes, AdmissionReader } from './admission.ts'

/** A node asks for tokens only for pods on it, bound to them, and only for those whom the pod's volumes mean. */
export async function tokenProblem(attributes: AdmissionAttributes, node: string): Promise<string | undefined> {
  const { operation, subresource, namespace, object, reader } = attributes
  if (operation !== 'CREATE' || subresource !== 'token') return undefined
  const { spec } = object as unknown as AuthenticationV1TokenRequest
  const { apiVersion, kind, name, uid } = spec?.boundObjectRef ?? {}
  if (apiVersion !== 'v1' || kind !== 'Pod' || !name) return 'node requested token not bound to a pod'
  if (!uid) return 'node requested token with a pod binding without a uid'
  const stored = await reader.read(pods.resource, namespace, name)
  if (!stored) throw notFound({ group: pods.group, resource: pods.plural }, name)
  if (uid !== stored.uid)
    return `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`
  const pod = stored.object as Pod
  if (pod.spec.nodeName !== node) return 'node requested token bound to a pod scheduled on a different node'
  return audienceProblem(spec?.audiences ?? [], pod, reader)
}

async function audienceProblem(audiences: readonly string[], pod: Pod, reader: AdmissionReader): Promise<string | undefined> {
  if (audiences.length > 1) return 'node may only request 0 or 1 audiences'
  const [audience = ''] = audiences
  for (const volume of pod.spec.volumes ?? []) if ((await audiencesOf(volume, pod, reader)).includes(audience)) return undefined
  return `audience ${JSON.stringify(audience)} not found in pod spec volume`
}

/** Whom the tokens are for that a volume needs. '' is the API server. */
async function audiencesOf(volume: V1Volume, pod: Pod, reader: AdmissionReader): Promise<string[]> {
  if (volume.projected)
    return (volume.projected.sources ?? []).flatMap(({ serviceAccountToken: token }) => (token ? [token.audience ?? ''] : []))
  const driver = await driverOf(volume, pod, reader)
  const stored = driver ? await reader.read(csiDrivers.resource, '', driver) : undefined
  return ((stored?.object as CSIDriver | undefined)?.spec.tokenRequests ?? []).map((request) => request.audience)
}

/** The storage driver of a volume that has one. */
async function driverOf(volume: V1Volume, pod: Pod, reader: AdmissionReader): Promise<string | undefined> {
  if (volume.csi) return volume.csi.driver
  const claimName = claimNameOf(pod, volume)
  if (claimName === undefined) return undefined
  const claim = await reader.read(persistentVolumeClaims.resource, pod.metadata.namespace, claimName)
  const volumeName = (claim?.object as PersistentVolumeClaim | undefined)?.spec.volumeName
  const persistent = volumeName ? await reader.read(persistentVolumes.resource, '', volumeName) : undefined
  return (persistent?.object as PersistentVolume | undefined)?.spec.csi?.driver
}
