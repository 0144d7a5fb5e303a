import type { PersistentVolumeClaim, StatefulSet, V1PersistentVolumeClaim } from '@quarterdeck/api'
import type { Draft, ObjectKey } from '@quarterdeck/api-machinery'

import { ordinalIn } from './identity.ts'

export const templateNameOf = (template: V1PersistentVolumeClaim): string => template.metadata?.name ?? ''

/** `TEMPLATE-SET-ORDINAL`: a pod that comes back finds the claim of the one before it. */
export function claimNameOf(set: StatefulSet, template: V1PersistentVolumeClaim, ordinal: number): string {
  return `${templateNameOf(template)}-${set.metadata.name}-${ordinal}`
}

export function claimKeysOf(set: StatefulSet, ordinal: number): ObjectKey[] {
  const namespace = set.metadata.namespace
  return (set.spec.volumeClaimTemplates ?? []).map((template) => ({ namespace, name: claimNameOf(set, template, ordinal) }))
}

/** The claims of an ordinal, labelled as the pods are. */
export function claimsOfSet(set: StatefulSet, ordinal: number): Draft<PersistentVolumeClaim>[] {
  return (set.spec.volumeClaimTemplates ?? []).map((template) => ({
    metadata: {
      name: claimNameOf(set, template, ordinal),
      namespace: set.metadata.namespace,
      labels: { ...template.metadata?.labels, ...set.spec.selector.matchLabels },
      ...(template.metadata?.annotations ? { annotations: template.metadata.annotations } : {}),
      ...(template.metadata?.finalizers ? { finalizers: template.metadata.finalizers } : {}),
    },
    spec: structuredClone(template.spec) ?? {},
    status: {},
  }))
}

/** The names of all sets that a claim could be of, by its name alone. */
export function* possibleSetNames(claimName: string): Iterable<string> {
  const end = claimName.lastIndexOf('-')
  if (end < 0 || ordinalIn('', claimName.slice(end)) === undefined) return
  for (let at = claimName.indexOf('-'); at >= 0 && at < end; at = claimName.indexOf('-', at + 1)) yield claimName.slice(at + 1, end)
}
