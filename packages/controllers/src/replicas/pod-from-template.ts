import type { KubeObject } from '@quarterdeck/api-machinery'
import type { Draft } from '@quarterdeck/api-machinery'
import type { Pod, V1PodTemplateSpec } from '@quarterdeck/api'
import type { KindRef } from '@quarterdeck/controller-runtime'

import { controllerReference } from '../ownership/owner-reference.ts'

/** Longest prefix that leaves room for the server's random suffix in a name of 63 characters. */
const longestPrefix = 58

export function podFromTemplate(owner: KubeObject, kind: KindRef, template: V1PodTemplateSpec): Draft<Pod> {
  const { metadata, spec } = template
  return {
    metadata: {
      generateName: `${owner.metadata.name.slice(0, longestPrefix - 1)}-`,
      ...(owner.metadata.namespace ? { namespace: owner.metadata.namespace } : {}),
      ...(metadata?.labels ? { labels: metadata.labels } : {}),
      ...(metadata?.annotations ? { annotations: metadata.annotations } : {}),
      ...(metadata?.finalizers ? { finalizers: metadata.finalizers } : {}),
      ownerReferences: [controllerReference(owner, kind)],
    },
    spec: structuredClone(spec) ?? { containers: [] },
    status: {},
  }
}
