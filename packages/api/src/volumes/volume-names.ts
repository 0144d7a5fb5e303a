/** Annotations by which the binder, provisioners and the scheduler tell each other how far a claim or a volume is. */
export const volumeAnnotations = {
  /** Of a claim: it has been bound once; should its volume go, it is lost. */
  bindCompleted: 'pv.kubernetes.io/bind-completed',
  /** Of a claim or volume: the controller chose the other side; without it a user did. */
  boundByController: 'pv.kubernetes.io/bound-by-controller',
  /** Of a volume: who made it, and will take it away. */
  provisionedBy: 'pv.kubernetes.io/provisioned-by',
  /** Of a claim: the node that the scheduler chose for its first consumer. */
  selectedNode: 'volume.kubernetes.io/selected-node',
  /** Of a claim: who is to make its volume. */
  storageProvisioner: 'volume.kubernetes.io/storage-provisioner',
  /** As storageProvisioner, for older provisioners. */
  betaStorageProvisioner: 'volume.beta.kubernetes.io/storage-provisioner',
} as const

/** Keeps a claim as long as a pod uses it. */
export const claimProtectionFinalizer = 'kubernetes.io/pvc-protection'
/** Keeps a volume as long as a claim has it. */
export const volumeProtectionFinalizer = 'kubernetes.io/pv-protection'

/** The volumes that the nodes of this cluster keep in a folder of their own. */
export const localPath = {
  provisioner: 'quarterdeck.dev/local-path',
  className: 'local-path',
  /** Keeps a volume until its node has removed the folder. */
  finalizer: 'quarterdeck.dev/local-path',
  /** Label of a volume: the node that has the folder. */
  nodeLabel: 'quarterdeck.dev/node',
  /** Annotation of a node: where its folders are. A node without it has none. */
  folderAnnotation: 'quarterdeck.dev/local-volumes',
} as const

/** Whether the nodes' agents make and remove the volume. */
export function isLocalPathVolume({
  metadata: { annotations },
}: {
  metadata: { annotations?: Record<string, string> | undefined }
}): boolean {
  return annotations?.[volumeAnnotations.provisionedBy] === localPath.provisioner
}
