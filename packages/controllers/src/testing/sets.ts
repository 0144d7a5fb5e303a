import type { ControllerRevision, DaemonSet, Node, Pod, StatefulSet, V1PodTemplateSpec, V1Taint } from '@quarterdeck/api'

import { revisionHashLabel } from '../history/history.ts'
import { revisionDataOf } from '../history/revision-data.ts'
import { metaOf, podOf } from './objects.ts'

export function statefulSetOf(
  name: string,
  spec: Partial<StatefulSet['spec']> = {},
  status: Partial<StatefulSet['status']> = {},
): StatefulSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: metaOf(name),
    spec: {
      replicas: 3,
      podManagementPolicy: 'OrderedReady',
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
      selector: { matchLabels: { app: name } },
      template: templateOf('v1'),
      ...spec,
    },
    status: { replicas: 0, ...status },
  }
}

export function daemonSetOf(name: string, spec: Partial<DaemonSet['spec']> = {}): DaemonSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: metaOf(name),
    spec: {
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
      selector: { matchLabels: { app: name } },
      template: templateOf('v1'),
      ...spec,
    },
    status: { currentNumberScheduled: 0, desiredNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 },
  }
}

export const templateOf = (image: string): V1PodTemplateSpec => ({
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'c', image }] },
})

export function revisionOf(name: string, revision: number, image: string): ControllerRevision {
  return {
    metadata: metaOf(name, { labels: { [revisionHashLabel]: name } }),
    data: revisionDataOf(templateOf(image)),
    revision,
  } as ControllerRevision
}

export function nodeOf(name: string, { taints, labels = {} }: { taints?: V1Taint[]; labels?: Record<string, string> } = {}): Node {
  return { metadata: metaOf(name, { labels }), spec: taints ? { taints } : {}, status: {} } as Node
}

const conditions = [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' }]

/** How a pod is, in a word. */
const statusOf = {
  ready: { phase: 'Running', conditions },
  unready: { phase: 'Running' },
  pending: { phase: 'Pending' },
  failed: { phase: 'Failed' },
  succeeded: { phase: 'Succeeded' },
  going: { phase: 'Running', conditions },
} satisfies Record<string, Pod['status']>

/** `v1 ready`: a pod of that revision that is so. */
export function podLike(name: string, how: string, spec: Partial<Pod['spec']> = {}): Pod {
  const [revision = '', state = 'ready'] = how.split(' ')
  const labels = {
    [revisionHashLabel]: revision,
    'statefulset.kubernetes.io/pod-name': name,
    'apps.kubernetes.io/pod-index': name.slice(name.lastIndexOf('-') + 1),
  }
  const meta = { labels, ...(state === 'going' ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}) }
  return podOf(name, { meta, spec, status: statusOf[state as keyof typeof statusOf] })
}
