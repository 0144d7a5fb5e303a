import { pods, type Pod } from '@quarterdeck/api'
import type { KubeObject } from '@quarterdeck/api-machinery'

import type { ObjectOfKind } from './relation.ts'

interface PodTemplate {
  metadata?: { labels?: Record<string, string> }
  spec?: Pod['spec']
}

/** The template of the pods that an object makes, itself (a Deployment) or by what it makes (a CronJob). */
export function templateOf(object: KubeObject): PodTemplate | undefined {
  const { spec } = object as { spec?: { template?: PodTemplate; jobTemplate?: { spec?: { template?: PodTemplate } } } }
  return spec?.template ?? spec?.jobTemplate?.spec?.template
}

/** The labels of a pod, or of the pods that an object makes. */
export function podLabelsOf({ kind, object }: ObjectOfKind): Record<string, string> | undefined {
  return kind.resource === pods.resource ? object.metadata.labels : templateOf(object)?.metadata?.labels
}
