import {
  persistentVolumeClaims,
  persistentVolumes,
  volumeAnnotations,
  type PersistentVolume,
  type PersistentVolumeClaim,
} from '@quarterdeck/api'
import { keyOf } from '@quarterdeck/api-machinery'
import type { Client } from '@quarterdeck/client'

import { awaitOutcome, type AwaitOptions } from '../../framework/await-outcome.ts'
import type { PluginCaches } from '../../plugin-caches.ts'
import { isFullyBound } from '../volumes/pod-claims.ts'
import type { VolumePlan } from './plan-volumes.ts'

export interface BindVolumesOptions extends AwaitOptions {
  client: Pick<Client, 'update' | 'patch'>
}

/**
 * Reserves volumes for claims, names the node for those that are to be made, and waits until the persistent volume controller has bound
 * them all. Rejects if that takes too long or a provisioner gives the claim back.
 */
export async function bindVolumes({ bind, provision }: VolumePlan, nodeName: string, options: BindVolumesOptions): Promise<void> {
  const { client } = options
  for (const { claim, volume } of bind) await reserve(client, volume, claim)
  for (const claim of provision) await selectNode(client, claim, nodeName)
  await allBound([...bind.map(({ claim }) => claim), ...provision], { ...options, nodeName, provisioned: new Set(provision) })
}

async function reserve(client: Pick<Client, 'update' | 'patch'>, volume: PersistentVolume, claim: PersistentVolumeClaim): Promise<void> {
  const { spec, metadata } = volume
  const { namespace, name, uid, resourceVersion } = claim.metadata
  if (spec.claimRef?.uid === uid) return
  const claimRef = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid, resourceVersion }
  const annotations = spec.claimRef ? metadata.annotations : { ...metadata.annotations, [volumeAnnotations.boundByController]: 'yes' }
  await client.update(persistentVolumes, { ...volume, metadata: { ...metadata, annotations }, spec: { ...spec, claimRef } })
}

async function selectNode(client: Pick<Client, 'update' | 'patch'>, claim: PersistentVolumeClaim, nodeName: string): Promise<void> {
  const { metadata } = claim
  if (metadata.annotations?.[volumeAnnotations.selectedNode] === nodeName) return
  const patch = { metadata: { uid: metadata.uid, annotations: { [volumeAnnotations.selectedNode]: nodeName } } }
  await client.patch(persistentVolumeClaims, keyOf(claim), patch, { type: 'merge' })
}

interface Waiting extends BindVolumesOptions {
  nodeName: string
  provisioned: ReadonlySet<PersistentVolumeClaim>
}

function allBound(claims: readonly PersistentVolumeClaim[], waiting: Waiting): Promise<void> {
  const seen = new Set<PersistentVolumeClaim>()
  const look = () => {
    const failure = claims.map((claim) => failureOf(claim, waiting, seen)).find((found) => found !== undefined)
    if (failure) return { failure }
    return claims.every((claim) => isBound(claim, waiting.caches)) ? 'done' : 'waiting'
  }
  return awaitOutcome(persistentVolumeClaims, look, { ...waiting, timeoutMessage: 'binding volumes: context deadline exceeded' })
}

function isBound(claim: PersistentVolumeClaim, caches: PluginCaches): boolean {
  const current = caches.cache(persistentVolumeClaims).get(keyOf(claim))
  return current !== undefined && current.metadata.uid === claim.metadata.uid && isFullyBound(current)
}

/** A provisioner that can't make a volume for the node takes the annotation away. It counts from when it was seen to be there. */
function failureOf(claim: PersistentVolumeClaim, { caches, nodeName, provisioned }: Waiting, seen: Set<PersistentVolumeClaim>) {
  const { name, uid } = claim.metadata
  const current = caches.cache(persistentVolumeClaims).get(keyOf(claim))
  if (!current || current.metadata.uid !== uid) return `binding volumes: pvc ${name} is gone`
  if (!provisioned.has(claim) || isFullyBound(current)) return undefined
  if (current.metadata.annotations?.[volumeAnnotations.selectedNode] === nodeName) seen.add(claim)
  else if (seen.has(claim)) return `binding volumes: provisioning failed for PVC "${name}"`
  return undefined
}
