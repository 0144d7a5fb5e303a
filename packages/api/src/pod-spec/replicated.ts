import type { KubeObject } from '@quarterdeck/api-machinery'

import type { V1PodTemplateSpec } from '../generated/types.ts'
import { ageColumn, nameColumn, type Column, type Reader, type ScaleSubresource } from '../kind.ts'
import { templateColumns } from './template-columns.ts'

/** A kind that keeps a number of equal pods. */
interface Replicated extends KubeObject {
  spec: { replicas?: number | undefined; template?: V1PodTemplateSpec | undefined }
  status?: { replicas?: number | undefined; readyReplicas?: number | undefined } | undefined
}

const defaultReplicas = 1

export function wantedReplicas({ spec }: Replicated): number {
  return spec.replicas ?? defaultReplicas
}

/** The scale subresource over spec.replicas and status.replicas. */
export function replicaScale<T extends Replicated>(selectorOf: Reader<T, string>): ScaleSubresource<T> {
  return {
    replicas: wantedReplicas,
    setReplicas(object, replicas) {
      object.spec.replicas = replicas
    },
    statusReplicas: (object) => object.status?.replicas ?? 0,
    selector: selectorOf,
  }
}

/** What `kubectl get` shows of a ReplicaSet and of a ReplicationController. */
export function replicaColumns<T extends Replicated>(selectorOf: (object: T) => string): Column<T>[] {
  return [
    nameColumn,
    { name: 'Desired', type: 'integer', description: 'Pods wanted.', priority: 0, value: wantedReplicas },
    { name: 'Current', type: 'integer', description: 'Pods that exist.', priority: 0, value: (o) => o.status?.replicas ?? 0 },
    { name: 'Ready', type: 'integer', description: 'Pods that are ready.', priority: 0, value: (o) => o.status?.readyReplicas ?? 0 },
    ageColumn,
    ...templateColumns<T>(selectorOf),
  ]
}
