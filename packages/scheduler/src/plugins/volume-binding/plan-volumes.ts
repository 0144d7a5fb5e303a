import {
  bestFitOf,
  csiDrivers,
  csiStorageCapacities,
  isCandidate,
  isVolumeOfClaim,
  localPath,
  matchesNodeSelector,
  mismatchOf,
  persistentVolumes,
  storageClasses,
  storageClassNameOf,
  type Node,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type StorageClass,
} from '@quarterdeck/api'
import { compareQuantities, matchesLabelSelector, valueOf } from '@quarterdeck/api-machinery'

import type { NodeInfo } from '../../cache/node-info.ts'
import { volumesByClass, type PluginCaches } from '../../plugin-caches.ts'
import type { AssumedVolumes } from './assumed-volumes.ts'

/** How the claims of a Pod get their volumes on a node. */
export interface VolumePlan {
  bind: readonly { claim: PersistentVolumeClaim; volume: PersistentVolume }[]
  /** Volumes are to be made for these. */
  provision: readonly PersistentVolumeClaim[]
}

export type VolumeProblem = 'node conflict' | 'no volume' | 'volume is gone' | 'not enough space'

export interface PlanContext {
  caches: PluginCaches
  assumed: AssumedVolumes
}

export interface PodVolumeClaims {
  bound: readonly PersistentVolumeClaim[]
  /** Bound when the Pod has a node; smallest first. */
  delayed: readonly PersistentVolumeClaim[]
}

export function planVolumes({ bound, delayed }: PodVolumeClaims, node: NodeInfo, context: PlanContext): VolumePlan | VolumeProblem[] {
  const problems = bound.flatMap((claim) => problemOfBound(claim, node.node, context) ?? [])
  const bind: { claim: PersistentVolumeClaim; volume: PersistentVolume }[] = []
  const provision: PersistentVolumeClaim[] = []
  const chosen = new Set<string>()
  for (const claim of delayed) {
    const selected = context.assumed.selectedNodeOf(claim)
    const volume = selected ? undefined : volumeFor(claim, node.node, { ...context, chosen })
    if (volume) {
      chosen.add(volume.metadata.name)
      bind.push({ claim, volume })
      continue
    }
    const problem = selected && selected !== node.name ? 'no volume' : problemOfProvisioning(claim, node, context)
    if (problem) problems.push(problem)
    else provision.push(claim)
  }
  return problems.length > 0 ? [...new Set(problems)] : { bind, provision }
}

function problemOfBound({ spec }: PersistentVolumeClaim, node: Node, { caches }: PlanContext): VolumeProblem | undefined {
  const volume = caches.cache(persistentVolumes).get({ namespace: '', name: spec.volumeName ?? '' })
  if (!volume) return 'volume is gone'
  return isReachable(volume, node) ? undefined : 'node conflict'
}

function isReachable({ spec }: PersistentVolume, node: Node): boolean {
  const required = spec.nodeAffinity?.required
  return !required || matchesNodeSelector(required, node)
}

/** The volume that is reserved for the claim, or else the free one that fits best; reachable from the node. */
function volumeFor(
  claim: PersistentVolumeClaim,
  node: Node,
  { caches, assumed, chosen }: PlanContext & { chosen: ReadonlySet<string> },
): PersistentVolume | undefined {
  const ofClass = caches.cache(persistentVolumes).byIndex(volumesByClass, storageClassNameOf(claim))
  const reserved = ofClass.find((volume) => volume.spec.claimRef && isVolumeOfClaim(volume, claim) && !mismatchOf(volume, claim))
  if (reserved) return isReachable(reserved, node) ? reserved : undefined
  return bestFitOf(
    ofClass.filter(
      (volume) =>
        isCandidate(volume, claim) && isReachable(volume, node) && !chosen.has(volume.metadata.name) && !assumed.isTaken(volume, claim),
    ),
  )
}

function problemOfProvisioning(claim: PersistentVolumeClaim, node: NodeInfo, context: PlanContext): VolumeProblem | undefined {
  const storageClass = context.caches.cache(storageClasses).get({ namespace: '', name: storageClassNameOf(claim) })
  if (!storageClass || !canProvision(storageClass, node)) return 'no volume'
  return hasCapacity(claim, storageClass, { node, context }) ? undefined : 'not enough space'
}

/** Whether the class makes volumes that the node can reach. */
function canProvision({ provisioner, allowedTopologies = [] }: StorageClass, { node, labels }: NodeInfo): boolean {
  if (provisioner === '' || provisioner === 'kubernetes.io/no-provisioner') return false
  if (provisioner === localPath.provisioner && node.metadata.annotations?.[localPath.folderAnnotation] === undefined) return false
  return (
    allowedTopologies.length === 0 ||
    allowedTopologies.some(({ matchLabelExpressions = [] }) =>
      matchLabelExpressions.every(({ key, values }) => values.includes(labels[key] ?? '')),
    )
  )
}

/** Drivers that publish how much space there is are taken at their word. */
function hasCapacity(
  claim: PersistentVolumeClaim,
  { metadata, provisioner }: StorageClass,
  { node, context }: { node: NodeInfo; context: PlanContext },
): boolean {
  const size = claim.spec.resources?.requests?.['storage']
  const driver = context.caches.cache(csiDrivers).get({ namespace: '', name: provisioner })
  if (size === undefined || !driver?.spec.storageCapacity) return true
  return context.caches
    .cache(csiStorageCapacities)
    .list()
    .some(({ storageClassName, maximumVolumeSize, capacity, nodeTopology }) => {
      const limit = maximumVolumeSize ?? capacity
      if (storageClassName !== metadata.name || limit === undefined || valueOf(limit) < valueOf(size)) return false
      return matchesLabelSelector(nodeTopology, node.labels)
    })
}

export const bySize = (a: PersistentVolumeClaim, b: PersistentVolumeClaim): number =>
  compareQuantities(a.spec.resources?.requests?.['storage'] ?? '0', b.spec.resources?.requests?.['storage'] ?? '0')
