import { formatLabelSelector, type KubeObject } from '@quarterdeck/api-machinery'

import type { V1LabelSelector, V1PodTemplateSpec } from '../generated/types.ts'
import type { Column } from '../kind.ts'

interface HasTemplate extends KubeObject {
  spec: { template?: V1PodTemplateSpec | undefined }
}

/** The wide columns of kinds that make pods from a template. */
export function templateColumns<T extends HasTemplate>(selectorOf: (object: T) => string): Column<T>[] {
  const containers = (object: T): { name: string; image?: string | undefined }[] => object.spec.template?.spec?.containers ?? []
  return [
    {
      name: 'Containers',
      type: 'string',
      description: 'Names of each container in the template.',
      priority: 1,
      value: (o) =>
        containers(o)
          .map((c) => c.name)
          .join(','),
    },
    {
      name: 'Images',
      type: 'string',
      description: 'Images referenced by each container in the template.',
      priority: 1,
      value: (o) =>
        containers(o)
          .map((c) => c.image ?? '')
          .join(','),
    },
    { name: 'Selector', type: 'string', description: 'Label selector for pods.', priority: 1, value: selectorOf },
  ]
}

export function selectorText(selector: V1LabelSelector | undefined): string {
  return formatLabelSelector(selector)
}

/** Selector text of a plain label map. */
export function labelMapText(map: Record<string, string> | undefined): string {
  const entries = Object.entries(map ?? {})
  return entries.length === 0
    ? '<none>'
    : entries
        .map(([key, value]) => `${key}=${value}`)
        .toSorted()
        .join(',')
}
