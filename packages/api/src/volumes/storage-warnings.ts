import { parseQuantity } from '@quarterdeck/api-machinery'

import type { V1PersistentVolumeClaimSpec, V1PersistentVolumeSpec, V1TopologySelectorTerm } from '../generated/types.ts'
import { nodeLabelWarnings, nodeSelectorTermWarnings } from '../pod-spec/node-label-warnings.ts'
import { betaStorageClassAnnotation } from './storage-class-name.ts'

type Annotations = Readonly<Record<string, string>> | undefined

const nanoPerUnit = 1_000_000_000n

/** Sources that Kubernetes does not mount any more, by the name it gives them. */
const retiredSources = {
  cephfs: ['cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  photonPersistentDisk: ['photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  scaleIO: ['scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  storageos: ['storageOS', 'deprecated in v1.22, non-functional in v1.25+'],
  glusterfs: ['glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  rbd: ['rbd', 'deprecated in v1.28, non-functional in v1.31+'],
} as const

export function claimWarnings(spec: V1PersistentVolumeClaimSpec, annotations: Annotations, path = 'spec'): string[] {
  const fractions = (['requests', 'limits'] as const).flatMap((list) => {
    const storage = spec.resources?.[list]?.['storage'] ?? '0'
    const isWhole = (parseQuantity(storage)?.nano ?? 0n) % nanoPerUnit === 0n
    return isWhole ? [] : [`${path}.resources.${list}[storage]: fractional byte value "${storage}" is invalid, must be an integer`]
  })
  return [...classAnnotationWarnings(annotations), ...fractions]
}

export function volumeWarnings(spec: V1PersistentVolumeSpec, annotations: Annotations): string[] {
  const recycle =
    'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.'
  return [
    ...classAnnotationWarnings(annotations),
    ...(spec.persistentVolumeReclaimPolicy === 'Recycle' ? [recycle] : []),
    ...(spec.nodeAffinity?.required?.nodeSelectorTerms ?? []).flatMap((term, i) =>
      nodeSelectorTermWarnings(term, `spec.nodeAffinity.required.nodeSelectorTerms[${i}]`),
    ),
    ...Object.entries(retiredSources).flatMap(([source, [name, message]]) =>
      spec[source as keyof typeof retiredSources] ? [`spec.${name}: ${message}`] : [],
    ),
  ]
}

export function topologyWarnings(terms: readonly V1TopologySelectorTerm[] = []): string[] {
  return terms.flatMap(({ matchLabelExpressions = [] }, i) =>
    matchLabelExpressions.flatMap(({ key }, j) =>
      nodeLabelWarnings(key, (message) => `allowedTopologies[${i}].matchLabelExpressions[${j}].key: ${message}`),
    ),
  )
}

function classAnnotationWarnings(annotations: Annotations): string[] {
  if (annotations?.[betaStorageClassAnnotation] === undefined) return []
  return [`metadata.annotations[${betaStorageClassAnnotation}]: deprecated since v1.8; use "storageClassName" attribute instead`]
}
