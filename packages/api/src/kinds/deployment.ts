import type { Namespaced } from '@quarterdeck/api-machinery'

import type { V1Deployment } from '../generated/types.ts'
import { ageColumn, defineKind, nameColumn } from '../kind.ts'
import { applyPodTemplateDefaults } from '../pod-spec/defaults.ts'
import { workloadWarnings } from '../pod-spec/pod-warnings.ts'
import { replicaScale, wantedReplicas } from '../pod-spec/replicated.ts'
import { selectorText, templateColumns } from '../pod-spec/template-columns.ts'
import { validateDeployment, validateDeploymentUpdate } from '../validation/deployment.ts'
import { validateCollisionCount, validateReplicaStatus } from '../validation/replica-status.ts'

export type Deployment = Namespaced<V1Deployment, 'spec' | 'status'>

const selectorOf = (object: Deployment): string => selectorText(object.spec.selector)

export const deployments = defineKind<Deployment>({
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  scope: 'Namespaced',
  model: 'V1Deployment',
  shortNames: ['deploy'],
  categories: ['all'],
  hasStatus: true,
  hasGeneration: true,
  scale: replicaScale(selectorOf),
  columns: [
    nameColumn,
    {
      name: 'Ready',
      type: 'string',
      description: 'Pods that are ready, of those wanted.',
      priority: 0,
      value: (o) => `${o.status?.readyReplicas ?? 0}/${wantedReplicas(o)}`,
    },
    {
      name: 'Up-to-date',
      type: 'integer',
      description: 'Pods that have the present template.',
      priority: 0,
      value: (o) => o.status?.updatedReplicas ?? 0,
    },
    {
      name: 'Available',
      type: 'integer',
      description: 'Pods that have been ready for at least minReadySeconds.',
      priority: 0,
      value: (o) => o.status?.availableReplicas ?? 0,
    },
    ageColumn,
    ...templateColumns(selectorOf),
  ],
  applyDefaults({ spec }) {
    if (!spec) return
    spec.replicas ??= 1
    spec.revisionHistoryLimit ??= 10
    spec.progressDeadlineSeconds ??= 600
    const strategy = (spec.strategy ??= {})
    strategy.type ??= 'RollingUpdate'
    if (strategy.type === 'RollingUpdate') {
      const rollingUpdate = (strategy.rollingUpdate ??= {})
      rollingUpdate.maxSurge ??= '25%'
      rollingUpdate.maxUnavailable ??= '25%'
    }
    applyPodTemplateDefaults(spec.template)
  },
  prepareForCreate(object) {
    object.status = {}
  },
  validate: validateDeployment,
  warnings: workloadWarnings,
  validateStatusUpdate: ({ status }, { status: old }) => [
    ...validateReplicaStatus(status),
    ...validateCollisionCount(status?.collisionCount, old?.collisionCount),
  ],
  validateUpdate: validateDeploymentUpdate,
})
