import {
  persistentVolumeClaims,
  persistentVolumes,
  storageClasses,
  storageClassNameOf,
  type PersistentVolume,
  type PersistentVolumeClaim,
} from '@quarterdeck/api'
import type { Caches } from '@quarterdeck/controller-runtime'

import type { NodeInfo } from '../../cache/node-info.ts'
import type { PodInfo } from '../../cache/pod-info.ts'
import type { Plugin } from '../../framework/plugin.ts'
import { unresolvable, type Rejection } from '../../framework/rejection.ts'
import { isClaimOf, usesClass } from '../volumes/pod-claims.ts'

const name = 'VolumeZone'
const elsewhere = unresolvable('node(s) had no available volume zone')

/** Old names of the labels, with their new ones. */
const labels: ReadonlyMap<string, string> = new Map([
  ['failure-domain.beta.kubernetes.io/zone', 'topology.kubernetes.io/zone'],
  ['failure-domain.beta.kubernetes.io/region', 'topology.kubernetes.io/region'],
  ['topology.kubernetes.io/zone', 'topology.kubernetes.io/zone'],
  ['topology.kubernetes.io/region', 'topology.kubernetes.io/region'],
])

/** A label of a volume says in which zones or regions it is. */
interface Place {
  key: string
  values: ReadonlySet<string>
}

/** Places Pods in the zones of their volumes, as the volumes' labels say. */
export function createVolumeZone(caches: Caches): Plugin {
  return {
    name,
    preFilter: (pod, _snapshot, state) => {
      if (pod.claimNames.length === 0) return 'skip'
      const places: Place[] = []
      for (const claimName of pod.claimNames) {
        const found = placesOfClaim(pod, claimName, caches)
        if ('reasons' in found) return found
        places.push(...found)
      }
      if (places.length === 0) return 'skip'
      state.set(name, places)
      return undefined
    },
    filter: (_pod, node, state) => {
      let isPlaced = false
      for (const key of labels.keys()) if (node.labels[key] !== undefined) isPlaced = true
      // A node of a cluster without zones.
      if (!isPlaced) return undefined
      for (const place of state.get<readonly Place[]>(name) ?? []) if (!isIn(node, place)) return elsewhere
      return undefined
    },
    hints: {
      'node added': () => true,
      'node changed': ({ changes }) => changes.has('labels'),
      PersistentVolumeClaim: ({ object }, pod) => isClaimOf(pod, object),
      PersistentVolume: ({ object }, pod) => pod.claimNames.length > 0 && object !== undefined,
      StorageClass: ({ object, old }, pod) => object !== undefined && !old && usesClass(pod, object.metadata.name, caches),
    },
    explain: (_pod, node, state) =>
      (state.get<readonly Place[]>(name) ?? [])
        .filter((place) => !isIn(node, place))
        .map(({ key, values }) => `a volume is in ${key}=${[...values].join(' or ')}; the node has ${valueOn(node, key) ?? 'none'}`)
        .join(', '),
  }
}

const valueOn = (node: NodeInfo, key: string): string | undefined => node.labels[key] ?? node.labels[labels.get(key) ?? '']

function isIn(node: NodeInfo, { key, values }: Place): boolean {
  const value = valueOn(node, key)
  return value !== undefined && values.has(value)
}

function placesOfClaim({ namespace }: PodInfo, claimName: string, caches: Caches): Place[] | Rejection {
  const claim = caches.cache(persistentVolumeClaims).get({ namespace, name: claimName })
  if (!claim) return unresolvable(`persistentvolumeclaim "${claimName}" not found`)
  const { volumeName } = claim.spec
  if (!volumeName) return problemOfUnbound(claim, caches) ?? []
  const volume = caches.cache(persistentVolumes).get({ namespace: '', name: volumeName })
  return volume ? placesOf(volume) : unresolvable(`persistentvolume "${volumeName}" not found`)
}

/** A claim that waits for its Pod has no zone yet. */
function problemOfUnbound(claim: PersistentVolumeClaim, caches: Caches): Rejection | undefined {
  const className = storageClassNameOf(claim)
  if (!className) return unresolvable('PersistentVolumeClaim had no pv name and storageClass name')
  const storageClass = caches.cache(storageClasses).get({ namespace: '', name: className })
  if (!storageClass) return unresolvable(`storageclass.storage.k8s.io "${className}" not found`)
  return storageClass.volumeBindingMode === 'WaitForFirstConsumer' ? undefined : unresolvable('PersistentVolume had no name')
}

function placesOf({ metadata }: PersistentVolume): Place[] {
  return [...labels.keys()].flatMap((key) => {
    const value = metadata.labels?.[key]
    return value === undefined ? [] : [{ key, values: new Set(value.split('__')) }]
  })
}
