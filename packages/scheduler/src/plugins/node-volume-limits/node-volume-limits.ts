import {
  csiDrivers,
  csiNodes,
  persistentVolumeClaims,
  persistentVolumes,
  storageClasses,
  storageClassNameOf,
  volumeAttachments,
  type CSINode,
  type PersistentVolumeClaim,
} from '@quarterdeck/api'
import type { Caches } from '@quarterdeck/controller-runtime'

import type { NodeInfo } from '../../cache/node-info.ts'
import type { PodInfo } from '../../cache/pod-info.ts'
import type { Plugin } from '../../framework/plugin.ts'
import { rejection, unresolvable, type Rejection } from '../../framework/rejection.ts'
import { attachmentsByNode } from '../../plugin-caches.ts'
import { isClaimOf } from '../volumes/pod-claims.ts'
import { limitRepairs, type FullDriver } from './limit-repairs.ts'

const tooMany = rejection('node(s) exceed max volume count')

/** Drivers by volume: each volume counts once, however many Pods use it. */
type CountedVolumes = Map<string, string>

/** Keeps the volumes on a node within what their CSI drivers can attach there. */
export function createNodeVolumeLimits(caches: Caches): Plugin {
  const missing = new Map<string, Rejection>()
  return {
    name: 'NodeVolumeLimits',
    preFilter: (pod) => (pod.claimNames.length === 0 ? 'skip' : undefined),
    filter: (pod, node) => rejectionOf(pod, node, { caches, missing }),
    hints: {
      'pod left': ({ pod: left }, pod) => left.claimNames.length > 0 && pod.claimNames.length > 0,
      'node added': () => true,
      PersistentVolumeClaim: ({ object }, pod) => isClaimOf(pod, object),
      CSINode: ({ object }) => object !== undefined,
    },
    explain: (pod, node) => {
      const full = fullDrivers(pod, node, caches)
      if (full.length > 0)
        return full.map(({ driver, there, limit, more }) => `${there} of ${limit} volumes of ${driver}, ${more} more wanted`).join(', ')
      const drivers = [...new Set(volumesOf([pod], caches).values())].filter((driver) => isMissing(driver, csiNodeOf(node, caches), caches))
      return drivers.length > 0 ? `needs the CSI driver ${drivers.join(', ')}` : ''
    },
    repairs: (pod, node) => limitRepairs(node, fullDrivers(pod, node, caches), (leaving) => volumesOf([leaving], caches)),
  }
}

function rejectionOf(
  pod: PodInfo,
  node: NodeInfo,
  { caches, missing }: { caches: Caches; missing: Map<string, Rejection> },
): Rejection | undefined {
  for (const name of pod.claimNames) {
    if (!caches.cache(persistentVolumeClaims).get({ namespace: pod.namespace, name })) {
      return unresolvable(`looking up PVC ${pod.namespace}/${name}: persistentvolumeclaim "${name}" not found`)
    }
  }
  const wanted = volumesOf([pod], caches)
  if (wanted.size === 0) return undefined
  const csiNode = csiNodeOf(node, caches)
  for (const driver of new Set(wanted.values())) {
    if (isMissing(driver, csiNode, caches)) {
      const known = missing.get(driver) ?? rejection(`${driver} CSI driver is not installed on the node`)
      missing.set(driver, known)
      return known
    }
  }
  return fullDrivers(pod, node, caches).length > 0 ? tooMany : undefined
}

/** Drivers that can't attach as many volumes to the node as there would be. */
function fullDrivers(pod: PodInfo, node: NodeInfo, caches: Caches): FullDriver[] {
  const limits = limitsOf(csiNodeOf(node, caches))
  if (limits.size === 0) return []
  const wanted = volumesOf([pod], caches)
  const attached = new Map([...attachedTo(node, caches), ...volumesOf(node.pods.values(), caches)])
  for (const volume of attached.keys()) wanted.delete(volume)
  return [...limits].flatMap(([driver, limit]) => {
    const more = countOf(wanted, driver)
    const there = countOf(attached, driver)
    return more > 0 && there + more > limit ? [{ driver, limit, there, more }] : []
  })
}

const csiNodeOf = ({ name }: NodeInfo, caches: Caches): CSINode | undefined => caches.cache(csiNodes).get({ namespace: '', name })

/** Only a driver that says so must be on the node before Pods come. */
function isMissing(driver: string, csiNode: CSINode | undefined, caches: Caches): boolean {
  const { preventPodSchedulingIfMissing } = caches.cache(csiDrivers).get({ namespace: '', name: driver })?.spec ?? {}
  return preventPodSchedulingIfMissing === true && !csiNode?.spec.drivers.some(({ name }) => name === driver)
}

function limitsOf(csiNode: CSINode | undefined): Map<string, number> {
  return new Map(
    (csiNode?.spec.drivers ?? []).flatMap(({ name, allocatable }) => (allocatable?.count === undefined ? [] : [[name, allocatable.count]])),
  )
}

function countOf(volumes: CountedVolumes, driver: string): number {
  let count = 0
  for (const of of volumes.values()) if (of === driver) count++
  return count
}

function volumesOf(pods: Iterable<PodInfo>, caches: Caches): CountedVolumes {
  const volumes: CountedVolumes = new Map()
  for (const { namespace, claimNames } of pods) {
    for (const name of claimNames) {
      const claim = caches.cache(persistentVolumeClaims).get({ namespace, name })
      const counted = claim && volumeOfClaim(claim, caches)
      if (counted) volumes.set(`${counted.driver}/${counted.handle}`, counted.driver)
    }
  }
  return volumes
}

/** A claim without a volume will have one of its class's driver. */
function volumeOfClaim(claim: PersistentVolumeClaim, caches: Caches): { driver: string; handle: string } | undefined {
  const volume = claim.spec.volumeName && caches.cache(persistentVolumes).get({ namespace: '', name: claim.spec.volumeName })
  if (volume) return volume.spec.csi && { driver: volume.spec.csi.driver, handle: volume.spec.csi.volumeHandle }
  const storageClass = caches.cache(storageClasses).get({ namespace: '', name: storageClassNameOf(claim) })
  return storageClass && { driver: storageClass.provisioner, handle: `claim ${claim.metadata.uid}` }
}

/** Volumes that are attached although no Pod on the node uses them, yet or any more. */
function attachedTo({ name }: NodeInfo, caches: Caches): CountedVolumes {
  const volumes: CountedVolumes = new Map()
  for (const { spec } of caches.cache(volumeAttachments).byIndex(attachmentsByNode, name)) {
    const volume = caches.cache(persistentVolumes).get({ namespace: '', name: spec.source.persistentVolumeName ?? '' })
    const csi = volume?.spec.csi
    if (csi) volumes.set(`${csi.driver}/${csi.volumeHandle}`, csi.driver)
  }
  return volumes
}
