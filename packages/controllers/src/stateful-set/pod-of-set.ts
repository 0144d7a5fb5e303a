import { statefulSets, type Pod, type StatefulSet, type V1PodSpec, type V1PodTemplateSpec, type V1Volume } from '@quarterdeck/api'
import type { Draft } from '@quarterdeck/api-machinery'

import { revisionHashLabel } from '../history/history.ts'
import { podFromTemplate } from '../replicas/pod-from-template.ts'
import { claimNameOf, templateNameOf } from './claims-of-set.ts'
import { identityLabels, podNameOf } from './identity.ts'

/** A template by the name of the revision that keeps it. */
export interface VersionedTemplate {
  revision: string
  template: V1PodTemplateSpec
}

/** The pod of an ordinal: the template with a name that lasts, and its own claims in place of volumes of their names. */
export function podOfSet(set: StatefulSet, ordinal: number, { revision, template }: VersionedTemplate): Draft<Pod> {
  const { metadata, spec, status } = podFromTemplate(set, statefulSets, template)
  const { generateName: _generated, labels, ...others } = metadata
  const name = podNameOf(set, ordinal)
  return {
    metadata: { ...others, name, labels: { ...labels, ...identityLabels(set, ordinal), [revisionHashLabel]: revision } },
    spec: {
      ...spec,
      hostname: name,
      ...(set.spec.serviceName ? { subdomain: set.spec.serviceName } : {}),
      volumes: volumesOf(set, ordinal, spec),
    },
    status,
  }
}

function volumesOf(set: StatefulSet, ordinal: number, spec: V1PodSpec): V1Volume[] {
  const templates = set.spec.volumeClaimTemplates ?? []
  const names = new Set(templates.map(templateNameOf))
  return [
    ...templates.map((claim) => ({ name: templateNameOf(claim), persistentVolumeClaim: { claimName: claimNameOf(set, claim, ordinal) } })),
    ...(spec.volumes ?? []).filter(({ name }) => !names.has(name)),
  ]
}
