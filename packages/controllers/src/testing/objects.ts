import type { Deployment, Pod, ReplicaSet } from '@quarterdeck/api'
import type { ObjectMeta } from '@quarterdeck/api-machinery'

let counter = 0

/** Metadata of a stored object; every call gives another uid. */
export function metaOf(name: string, extra: Partial<ObjectMeta> = {}): ObjectMeta & { namespace: string } {
  counter++
  return {
    name,
    namespace: 'default',
    uid: `uid-${name}-${counter}`,
    resourceVersion: String(counter),
    creationTimestamp: '2026-01-01T00:00:00Z',
    generation: 1,
    ...extra,
  } as ObjectMeta & { namespace: string }
}

export function podOf(name: string, extra: { meta?: Partial<ObjectMeta>; spec?: Partial<Pod['spec']>; status?: Pod['status'] } = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: metaOf(name, extra.meta),
    spec: { containers: [{ name: 'c', image: 'i' }], ...extra.spec },
    status: { phase: 'Pending', ...extra.status },
  }
}

export function readyStatus(sinceMs = Date.UTC(2026, 0, 1)): Pod['status'] {
  const lastTransitionTime = new Date(sinceMs).toISOString()
  return { phase: 'Running', podIP: '10.244.0.9', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime }] }
}

export function deploymentOf(
  name: string,
  spec: Partial<Deployment['spec']> = {},
  extra: { meta?: Partial<ObjectMeta>; status?: Deployment['status'] } = {},
): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metaOf(name, extra.meta),
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'c', image: 'v1' }] } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      ...spec,
    },
    status: extra.status ?? {},
  }
}

export function replicaSetOf(
  name: string,
  spec: Partial<ReplicaSet['spec']> = {},
  extra: { meta?: Partial<ObjectMeta>; status?: Partial<ReplicaSet['status']> } = {},
): ReplicaSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: metaOf(name, extra.meta),
    spec: { replicas: 1, selector: { matchLabels: { app: name } }, ...spec },
    status: { replicas: spec.replicas ?? 1, ...extra.status },
  }
}
