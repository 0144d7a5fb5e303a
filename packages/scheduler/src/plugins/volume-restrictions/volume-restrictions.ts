import { persistentVolumeClaims, type Pod, type V1Volume } from '@quarterdeck/api'
import type { Caches } from '@quarterdeck/controller-runtime'

import type { NodeInfo } from '../../cache/node-info.ts'
import type { PodInfo } from '../../cache/pod-info.ts'
import type { Plugin } from '../../framework/plugin.ts'
import { rejection, unresolvable } from '../../framework/rejection.ts'
import { isClaimOf } from '../volumes/pod-claims.ts'

const name = 'VolumeRestrictions'
const diskInUse = rejection('node(s) had no available disk')
const claimInUse = rejection(
  'node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod',
)

interface ExclusiveClaims {
  names: ReadonlySet<string>
  /** How many of them other Pods use now. */
  inUse: number
}

/** Keeps Pods from disks that can be used by one only, and from claims (ReadWriteOncePod) that another Pod has. */
export function createVolumeRestrictions(caches: Caches): Plugin {
  return {
    name,
    preFilter: (pod, snapshot, state) => {
      const names = new Set<string>()
      for (const { persistentVolumeClaim } of pod.pod.spec.volumes ?? []) {
        if (!persistentVolumeClaim) continue
        const { claimName } = persistentVolumeClaim
        const claim = caches.cache(persistentVolumeClaims).get({ namespace: pod.namespace, name: claimName })
        if (!claim) return unresolvable(`persistentvolumeclaim "${claimName}" not found`)
        if (claim.spec.accessModes?.includes('ReadWriteOncePod')) names.add(claimName)
      }
      const inUse = [...names].filter((claimName) => snapshot.claimUsers(pod.namespace, claimName) > 0).length
      if (inUse === 0 && !pod.pod.spec.volumes?.some(isExclusiveDisk)) return 'skip'
      state.set(name, { names, inUse } satisfies ExclusiveClaims)
      return undefined
    },
    addPod: (pod, { other }, state) => state.addToTrial(name, sharedClaims(pod, other, state.get<ExclusiveClaims>(name))),
    removePod: (pod, { other }, state) => state.addToTrial(name, -sharedClaims(pod, other, state.get<ExclusiveClaims>(name))),
    filter: (pod, node, state) => {
      if (hasDiskConflict(pod, node)) return diskInUse
      return (state.get<ExclusiveClaims>(name)?.inUse ?? 0) + state.trialCount(name) > 0 ? claimInUse : undefined
    },
    hints: {
      'pod left': ({ pod: left }, pod) =>
        (left.namespace === pod.namespace && left.claimNames.some((claimName) => pod.claimNames.includes(claimName))) ||
        (pod.pod.spec.volumes?.some((volume) => conflicts(volume, left.pod)) ?? false),
      'node added': () => true,
      PersistentVolumeClaim: ({ object }, pod) => isClaimOf(pod, object),
    },
    explain: (pod, node) =>
      hasDiskConflict(pod, node) ? 'another pod on the node uses its disk' : `another pod uses claim ${pod.claimNames.join(', ')}`,
  }
}

function sharedClaims(pod: PodInfo, other: PodInfo, exclusive: ExclusiveClaims | undefined): number {
  if (!exclusive || other.namespace !== pod.namespace) return 0
  return other.claimNames.filter((claimName) => exclusive.names.has(claimName)).length
}

const isExclusiveDisk = ({ gcePersistentDisk, awsElasticBlockStore, iscsi, rbd }: V1Volume): boolean =>
  (gcePersistentDisk ?? awsElasticBlockStore ?? iscsi ?? rbd) !== undefined

function hasDiskConflict({ pod }: PodInfo, node: NodeInfo): boolean {
  const disks = pod.spec.volumes?.filter(isExclusiveDisk) ?? []
  if (disks.length === 0) return false
  for (const other of node.pods.values()) if (disks.some((disk) => conflicts(disk, other.pod))) return true
  return false
}

const conflicts = (disk: V1Volume, { spec }: Pod): boolean => spec.volumes?.some((volume) => isSameDisk(disk, volume)) ?? false

/** Whether both name the same disk, and not both only read it. */
function isSameDisk(a: V1Volume, b: V1Volume): boolean {
  const onlyRead = (first: { readOnly?: boolean | undefined }, second: { readOnly?: boolean | undefined }): boolean =>
    Boolean(first.readOnly && second.readOnly)
  const { gcePersistentDisk: gce, awsElasticBlockStore: aws, iscsi, rbd } = a
  if (gce && b.gcePersistentDisk) return gce.pdName === b.gcePersistentDisk.pdName && !onlyRead(gce, b.gcePersistentDisk)
  if (aws && b.awsElasticBlockStore) return aws.volumeID === b.awsElasticBlockStore.volumeID
  if (iscsi && b.iscsi) return iscsi.iqn === b.iscsi.iqn && !onlyRead(iscsi, b.iscsi)
  if (!rbd || !b.rbd) return false
  const sharesMonitor = rbd.monitors.some((monitor) => b.rbd!.monitors.includes(monitor))
  return sharesMonitor && (rbd.pool ?? 'rbd') === (b.rbd.pool ?? 'rbd') && rbd.image === b.rbd.image && !onlyRead(rbd, b.rbd)
}
