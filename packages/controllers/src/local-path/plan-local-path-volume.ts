import {
  localPath,
  volumeAnnotations,
  type Node,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type StorageClass,
} from '@quarterdeck/api'
import type { Draft } from '@quarterdeck/api-machinery'

export interface LocalPathInput {
  claim: PersistentVolumeClaim
  storageClass: StorageClass
  /** The one selected for the claim; undefined if none is or it is gone. */
  node: Node | undefined
}

export type LocalPathPlan =
  | { volume: Draft<PersistentVolume> & { metadata: { name: string } } }
  /** Why it can't be made; `needsOtherNode`: it might be on another node. */
  | { problem: string; needsOtherNode: boolean }

const supportedModes = ['ReadWriteOnce', 'ReadWriteOncePod']
const hostnameLabel = 'kubernetes.io/hostname'

/** The volume for a claim: a folder on the selected node, which that node makes when a pod comes. Its name depends on the claim alone. No I/O. */
export function planLocalPathVolume({ claim, storageClass, node }: LocalPathInput): LocalPathPlan {
  const problem = unsupportedOf(claim, storageClass)
  if (problem) return { problem, needsOtherNode: false }
  const selected = claim.metadata.annotations?.[volumeAnnotations.selectedNode]
  if (!selected) return { problem: 'no node was selected: the class needs volumeBindingMode WaitForFirstConsumer', needsOtherNode: false }
  if (!node) return { problem: `Failed to get target node: node "${selected}" not found`, needsOtherNode: true }
  const folder = node.metadata.annotations?.[localPath.folderAnnotation]
  if (!folder) return { problem: `node "${selected}" keeps no local volumes`, needsOtherNode: true }
  return { volume: volumeOf({ claim, storageClass, node }, folder) }
}

/** What a folder of one node can't be. */
function unsupportedOf({ spec }: PersistentVolumeClaim, { metadata, mountOptions = [] }: StorageClass): string | undefined {
  const mode = spec.accessModes?.find((wanted) => !supportedModes.includes(wanted))
  if (mode) return `access mode ${mode} is not supported: a local volume is on one node only (${supportedModes.join(', ')})`
  if (spec.volumeMode === 'Block') return 'volumeMode Block is not supported: a local volume holds files'
  if (spec.selector) return 'claim.Spec.Selector is not supported'
  if (spec.dataSourceRef ?? spec.dataSource) return 'a local volume can not be made from a data source'
  if (mountOptions.length === 0) return undefined
  return `Mount options are not supported by the provisioner but StorageClass "${metadata.name}" has mount options [${mountOptions.join(' ')}]`
}

function volumeOf(
  { claim, storageClass, node }: LocalPathInput & { node: Node },
  folder: string,
): Draft<PersistentVolume> & { metadata: { name: string } } {
  const { namespace, name, uid, resourceVersion } = claim.metadata
  const volumeName = `pvc-${uid}`
  const values = [node.metadata.labels?.[hostnameLabel] ?? node.metadata.name]
  return {
    metadata: {
      name: volumeName,
      labels: { [localPath.nodeLabel]: node.metadata.name },
      annotations: { [volumeAnnotations.provisionedBy]: localPath.provisioner },
      finalizers: [localPath.finalizer],
    },
    spec: {
      accessModes: claim.spec.accessModes,
      capacity: { storage: claim.spec.resources?.requests?.['storage'] ?? '0' },
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid, resourceVersion },
      local: { path: `${folder}/${volumeName}` },
      nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: hostnameLabel, operator: 'In', values }] }] } },
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? 'Delete',
      storageClassName: storageClass.metadata.name,
      volumeMode: 'Filesystem',
    },
    status: {},
  }
}
