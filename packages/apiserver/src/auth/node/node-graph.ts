import {
  claimNamesOf,
  configMaps,
  localPath,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  referencesOf,
  resourceClaimNamesOf,
  resourceClaims,
  resourceSlices,
  secrets,
  serviceAccounts,
  volumeAttachments,
  volumeSecretsOf,
  type PersistentVolume,
  type Pod,
  type ResourceSlice,
  type VolumeAttachment,
} from '@quarterdeck/api'
import type { ChangeEvent, ObjectStore, StoredObject, WatchCache } from '@quarterdeck/storage'

import { followCache, type DerivedView } from '../follow-cache.ts'
import { Counted } from './counted.ts'

/** On a pod that a node made for itself: such pods give it nothing. */
export const mirrorPodAnnotation = 'kubernetes.io/config.mirror'

/** What a node may ask for by the graph. */
export interface GraphObject {
  resource: string
  namespace: string
  name: string
}

/**
 * Which nodes an object belongs to: node ← pod ← Secret, ConfigMap, service account, device claim, claim ← volume ← Secret. Only what
 * pods refer to is held, with the number of pods by node; everything else is read from the caches when it is asked.
 */
export class NodeGraph {
  /** Nodes of the pods that refer to an object. */
  readonly #nodesByReference = new Counted()
  /** Volumes whose Secret it is. */
  readonly #volumesBySecret = new Counted()
  readonly #caches = new Map<string, WatchCache>()

  /** Keeps it equal to the pods and volumes in the store. */
  async follow(store: ObjectStore): Promise<void> {
    const views: [string, DerivedView][] = [
      [pods.resource, viewOf(this.#nodesByReference, podReferences)],
      [persistentVolumes.resource, viewOf(this.#volumesBySecret, volumeReferences)],
    ]
    for (const [resource, view] of views) this.#caches.set(resource, await followCache(store, resource, view))
    for (const { resource } of [volumeAttachments, resourceSlices]) this.#caches.set(resource, await store.cache(resource))
  }

  /** Resolves once everything up to a revision is in the graph, except what the cache is not told in time. */
  async reach(revision: number): Promise<void> {
    await Promise.all([...this.#caches.values()].map((cache) => cache.waitFor(revision).catch(() => {})))
  }

  /** Whether there is a way from the object to the node. */
  isOf(node: string, object: GraphObject): boolean {
    const { resource, namespace, name } = object
    switch (resource) {
      case pods.resource:
        return this.#get<Pod>(object)?.spec.nodeName === node
      case volumeAttachments.resource:
        return this.#get<VolumeAttachment>(object)?.spec.nodeName === node
      case resourceSlices.resource:
        return this.#get<ResourceSlice>(object)?.spec.nodeName === node
      case persistentVolumes.resource:
        return this.#isVolumeOf(node, name)
      case secrets.resource: {
        const id = referenceId(resource, namespace, name)
        if (this.#nodesByReference.has(id, node)) return true
        return this.#volumesBySecret.of(id).some((volume) => this.#isClaimedBy(node, volume))
      }
      default:
        return this.#nodesByReference.has(referenceId(resource, namespace, name), node)
    }
  }

  /** A volume that the node keeps in a folder of its own is its, whoever has it. */
  #isVolumeOf(node: string, name: string): boolean {
    const volume = this.#get<PersistentVolume>({ resource: persistentVolumes.resource, namespace: '', name })
    return volume?.metadata.labels?.[localPath.nodeLabel] === node || this.#isClaimedBy(node, name)
  }

  #isClaimedBy(node: string, name: string): boolean {
    const claim = this.#get<PersistentVolume>({ resource: persistentVolumes.resource, namespace: '', name })?.spec.claimRef
    if (!claim) return false
    return this.#nodesByReference.has(referenceId(persistentVolumeClaims.resource, claim.namespace ?? '', claim.name ?? ''), node)
  }

  #get<T>({ resource, namespace, name }: GraphObject): T | undefined {
    return this.#caches.get(resource)?.get(namespace, name)?.object as T | undefined
  }
}

interface Reference {
  from: string
  to: string
}

/** Counts what each object refers to, and takes it back from what it was before. */
function viewOf(counted: Counted, referencesFrom: (stored: StoredObject) => Reference[]): DerivedView {
  const add = (stored: StoredObject): void => {
    for (const { from, to } of referencesFrom(stored)) counted.add(from, to)
  }
  return {
    replace: (objects) => {
      counted.clear()
      for (const stored of objects) add(stored)
    },
    apply: ({ type, current, previous }: ChangeEvent) => {
      for (const { from, to } of previous ? referencesFrom(previous) : []) counted.remove(from, to)
      if (type !== 'deleted') add(current)
    },
  }
}

/** From what a pod on a node refers to, to the node. */
function podReferences({ object }: StoredObject): Reference[] {
  const pod = object as Pod
  const { namespace, annotations } = pod.metadata
  const { nodeName: to, serviceAccountName } = pod.spec
  if (!to || annotations?.[mirrorPodAnnotation] !== undefined) return []
  const { configMaps: configMapNames, secrets: secretNames } = referencesOf(pod)
  const extended = pod.status.extendedResourceClaimStatus?.resourceClaimName
  const names: [resource: string, names: Iterable<string>][] = [
    [serviceAccounts.resource, serviceAccountName ? [serviceAccountName] : []],
    [configMaps.resource, configMapNames],
    [secrets.resource, secretNames],
    [persistentVolumeClaims.resource, claimNamesOf(pod)],
    [resourceClaims.resource, new Set([...resourceClaimNamesOf(pod), ...(extended ? [extended] : [])])],
  ]
  return names.flatMap(([resource, list]) => [...list].map((name) => ({ from: referenceId(resource, namespace, name), to })))
}

/** From the Secrets with which nodes attach a volume, to the volume. Without a claim it is nobody's. */
function volumeReferences({ object, key }: StoredObject): Reference[] {
  const { spec } = object as PersistentVolume
  const home = spec.claimRef?.namespace
  if (home === undefined) return []
  const ids = volumeSecretsOf(spec).map(({ namespace, name }) => referenceId(secrets.resource, namespace || home, name))
  return [...new Set(ids)].map((from) => ({ from, to: key.name }))
}

const referenceId = (resource: string, namespace: string, name: string): string => `${resource}/${namespace}/${name}`
