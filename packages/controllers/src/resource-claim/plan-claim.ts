import { createHash } from 'node:crypto'

import {
  podResourceClaimAnnotation,
  type Pod,
  type ResourceClaim,
  type ResourceClaimTemplate,
  type V1PodResourceClaim,
} from '@quarterdeck/api'
import type { Draft, OwnerReference } from '@quarterdeck/api-machinery'

/** Room for a hyphen and five characters in a label. */
const maxBaseLength = 57
const suffixLength = 5
const suffixAlphabet = 'bcdfghjklmnpqrstvwxz2456789'

/**
 * The claim that a template makes for a pod. Its name looks generated but follows from the pod's uid, so that whoever is asked
 * twice makes the same claim. `collisions`: how many names are taken by others. No I/O.
 */
export function planClaim(
  pod: Pod,
  podClaim: V1PodResourceClaim,
  { template, collisions }: { template: ResourceClaimTemplate; collisions: number },
): Draft<ResourceClaim> & { metadata: { name: string } } {
  const { name, namespace, uid } = pod.metadata
  const { metadata, spec } = template.spec
  const generateName = generateNameOf(name, podClaim.name)
  const owner: OwnerReference = { apiVersion: 'v1', kind: 'Pod', name, uid, controller: true }
  return {
    metadata: {
      namespace,
      generateName,
      name: `${generateName.slice(0, maxBaseLength + 1)}${suffixOf(`${uid}/${podClaim.name}/${collisions}`)}`,
      labels: metadata?.labels,
      annotations: { ...metadata?.annotations, [podResourceClaimAnnotation]: podClaim.name },
      ownerReferences: [owner],
    },
    spec,
    status: {},
  }
}

/** `pod-claim-`; of long names so much of each that both can be told. */
export function generateNameOf(podName: string, claimName: string): string {
  const name = `${podName}-${claimName}-`
  if (name.length <= maxBaseLength) return name
  const share = (part: string): string => part.slice(0, Math.floor((part.length * maxBaseLength) / name.length)).replace(/[.-]+$/, '')
  return `${share(podName)}-${share(claimName)}-`
}

function suffixOf(text: string): string {
  const bytes = createHash('sha256').update(text).digest().subarray(0, suffixLength)
  return Array.from(bytes, (byte) => suffixAlphabet[byte % suffixAlphabet.length]).join('')
}
