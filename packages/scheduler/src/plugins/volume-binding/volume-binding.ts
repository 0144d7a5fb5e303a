import { persistentVolumes, storageClasses, storageClassNameOf, type PersistentVolume, type PersistentVolumeClaim } from '@quarterdeck/api'
import type { CSIStorageCapacity } from '@quarterdeck/api'
import type { Client } from '@quarterdeck/client'
import type { Clock } from '@quarterdeck/controller-runtime'

import type { PodInfo } from '../../cache/pod-info.ts'
import type { Snapshot } from '../../cache/scheduler-cache.ts'
import { always } from '../../framework/cluster-event.ts'
import type { Plugin } from '../../framework/plugin.ts'
import { rejection, unresolvable, type Rejection } from '../../framework/rejection.ts'
import type { PluginCaches } from '../../plugin-caches.ts'
import { claimsOf, isClaimOf, isFullyBound, usesClass } from '../volumes/pod-claims.ts'
import { AssumedVolumes } from './assumed-volumes.ts'
import { bindVolumes } from './bind-volumes.ts'
import { bySize, planVolumes, type PodVolumeClaims, type VolumePlan, type VolumeProblem } from './plan-volumes.ts'

const name = 'VolumeBinding'
const defaultTimeoutSeconds = 600

const reasons: Readonly<Record<VolumeProblem, string>> = {
  'node conflict': "node(s) didn't match PersistentVolume's node affinity",
  'no volume': "node(s) didn't find available persistent volumes to bind",
  'volume is gone': 'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)',
  'not enough space': 'node(s) did not have enough free storage',
}

const explanations: Readonly<Record<VolumeProblem, string>> = {
  'node conflict': "a bound volume can't be reached from the node",
  'no volume': 'no free volume fits that the node can reach, and none can be made for it',
  'volume is gone': 'a bound volume does not exist any more',
  'not enough space': 'there is not enough space for a new volume',
}

export interface VolumeBindingOptions {
  snapshot: Snapshot
  caches: PluginCaches
  clock: Clock
  client: Pick<Client, 'update' | 'patch'>
  /** How long a placed Pod waits for its volumes. Default 600. */
  bindTimeoutSeconds?: number
}

/** Places Pods where their volumes are, or can be; gives claims that waited for it their volumes, or a node to have them made on. */
export function createVolumeBinding({
  snapshot,
  caches,
  clock,
  client,
  bindTimeoutSeconds = defaultTimeoutSeconds,
}: VolumeBindingOptions): Plugin {
  const assumed = new AssumedVolumes()
  const rejections = new Map<string, Rejection>()
  const planFor = (claims: PodVolumeClaims, nodeName: string): VolumePlan | VolumeProblem[] => {
    const node = snapshot.get(nodeName)
    return node ? planVolumes(claims, node, { caches, assumed }) : ['no volume']
  }
  return {
    name,
    preFilter: (pod, _snapshot, state) => {
      if (pod.claimNames.length === 0) return 'skip'
      const sorted = sortedClaims(pod, caches)
      if ('reasons' in sorted) return sorted
      state.set(name, sorted)
      return undefined
    },
    filter: (_pod, node, state) => {
      const claims = state.get<PodVolumeClaims>(name)
      const plan = claims && planVolumes(claims, node, { caches, assumed })
      return Array.isArray(plan) ? rejectionOf(plan, rejections) : undefined
    },
    reserve: (pod, nodeName, state) => {
      const claims = state.get<PodVolumeClaims>(name)
      if (!claims) return undefined
      const plan = planFor(claims, nodeName)
      if (Array.isArray(plan)) return rejection(...plan.map((problem) => reasons[problem]))
      for (const { claim, volume } of plan.bind) assumed.assumeVolume(volume, claim, pod.uid)
      for (const claim of plan.provision) assumed.assumeNode(claim, nodeName, pod.uid)
      if (plan.bind.length > 0 || plan.provision.length > 0) state.set(`${name} plan`, plan)
      return undefined
    },
    unreserve: ({ uid }) => assumed.release(uid),
    preBind: (_pod, nodeName, { state, signal }) => {
      const plan = state.get<VolumePlan>(`${name} plan`)
      if (!plan) return undefined
      return bindVolumes(plan, nodeName, { client, caches, clock, timeoutMs: bindTimeoutSeconds * 1000, signal }).then(() => undefined)
    },
    postBind: ({ uid }) => assumed.release(uid),
    hints: {
      'node added': always,
      'node changed': ({ changes }) => changes.has('labels'),
      PersistentVolumeClaim: ({ object }, pod) => isClaimOf(pod, object),
      PersistentVolume: ({ object }, pod) => object !== undefined && concerns(object as unknown as PersistentVolume, pod, caches),
      StorageClass: ({ object }, pod) => object !== undefined && usesClass(pod, object.metadata.name, caches),
      CSIStorageCapacity: ({ object }, pod) =>
        object !== undefined && usesClass(pod, (object as unknown as CSIStorageCapacity).storageClassName, caches),
      CSIDriver: ({ object }, pod) => pod.claimNames.length > 0 && object !== undefined,
    },
    explain: (pod, node, state) => {
      const claims = state.get<PodVolumeClaims>(name)
      const plan = claims && planVolumes(claims, node, { caches, assumed })
      if (!claims || !Array.isArray(plan)) return ''
      const volumes = claims.bound.map(({ metadata, spec }) => `${spec.volumeName ?? ''} of claim ${metadata.name}`)
      const bound = volumes.length > 0 ? `; bound are ${volumes.join(', ')}` : ''
      return `claims ${pod.claimNames.join(', ')}: ${plan.map((problem) => explanations[problem]).join(', ')}${bound}`
    },
  }
}

/** Claims that are bound by themselves must be bound before the Pod can be placed. */
function sortedClaims(pod: PodInfo, caches: PluginCaches): PodVolumeClaims | Rejection {
  const found = claimsOf(pod, caches)
  if ('problem' in found) return unresolvable(found.problem)
  const bound: PersistentVolumeClaim[] = []
  const delayed: PersistentVolumeClaim[] = []
  for (const claim of found.claims) {
    if (isFullyBound(claim)) bound.push(claim)
    else if (!claim.spec.volumeName && isDelayed(claim, caches)) delayed.push(claim)
    else return unresolvable('pod has unbound immediate PersistentVolumeClaims')
  }
  return { bound, delayed: delayed.toSorted(bySize) }
}

function isDelayed(claim: PersistentVolumeClaim, caches: PluginCaches): boolean {
  const storageClass = caches.cache(storageClasses).get({ namespace: '', name: storageClassNameOf(claim) })
  return storageClass?.volumeBindingMode === 'WaitForFirstConsumer'
}

function rejectionOf(problems: readonly VolumeProblem[], known: Map<string, Rejection>): Rejection {
  const id = problems.join()
  const found = known.get(id) ?? unresolvable(...problems.map((problem) => reasons[problem]))
  known.set(id, found)
  return found
}

/** Whether a volume could be, or is, one of the Pod's. */
function concerns(volume: PersistentVolume, pod: PodInfo, caches: PluginCaches): boolean {
  const { claimRef } = volume.spec
  if (claimRef) return claimRef.namespace === pod.namespace && pod.claimNames.includes(claimRef.name ?? '')
  const current = caches.cache(persistentVolumes).get({ namespace: '', name: volume.metadata.name })
  return usesClass(pod, storageClassNameOf(current ?? volume), caches)
}
