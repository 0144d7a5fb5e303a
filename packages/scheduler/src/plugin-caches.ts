import { persistentVolumes, storageClassNameOf, volumeAttachments, type Kind } from '@quarterdeck/api'
import type { KubeObject } from '@quarterdeck/api-machinery'
import type { Caches, IndexSpec } from '@quarterdeck/controller-runtime'
import { index, indexServicesBySelector } from '@quarterdeck/controller-runtime'

/** What plugins read of other kinds than nodes and Pods. */
export interface PluginCaches extends Caches {
  /** Calls back after every change of an object of the kind. Returns the function that ends it. */
  onChange<T extends KubeObject>(kind: Kind<T>, callback: () => void): () => void
}

/** Indexes of the volumes by the name of their class, and of attachments by their node. */
export const volumesByClass = 'scheduler volumes by class'
export const attachmentsByNode = 'scheduler attachments by node'

/** The caches must have them. */
export const pluginIndexes: readonly IndexSpec[] = [
  index(persistentVolumes, volumesByClass, (volume) => [storageClassNameOf(volume)]),
  indexServicesBySelector,
  index(volumeAttachments, attachmentsByNode, ({ spec }) => [spec.nodeName]),
]
