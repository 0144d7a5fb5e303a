import assert from 'node:assert/strict'
import { test } from 'node:test'

import {
  cronJobs,
  daemonSets,
  jobs,
  persistentVolumeClaims,
  podDisruptionBudgets,
  resourceQuotas,
  statefulSets,
  type Kind,
} from '@quarterdeck/api'
import type { KubeObject } from '@quarterdeck/api-machinery'

import { stateOf } from './state.ts'

const condition = (type: string, message = '') => ({ type, status: 'True', message })
const cases: [what: string, kind: Kind, parts: { spec?: object; status?: object }, text: string, tone: string][] = [
  ['StatefulSet', statefulSets, { spec: { replicas: 2 }, status: { replicas: 2, readyReplicas: 2 } }, 'Ready', 'good'],
  ['StatefulSet', statefulSets, { spec: { replicas: 0 }, status: { replicas: 0 } }, 'Scaled to 0', 'neutral'],
  ['StatefulSet', statefulSets, { spec: { replicas: 3 }, status: { readyReplicas: 1 } }, 'Not ready', 'progress'],
  [
    'StatefulSet',
    statefulSets,
    { spec: { replicas: 3 }, status: { readyReplicas: 3, updatedReplicas: 1, currentRevision: 'a', updateRevision: 'b' } },
    'Rolling out',
    'progress',
  ],
  [
    'StatefulSet with a partition',
    statefulSets,
    {
      spec: { replicas: 3, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } },
      status: { readyReplicas: 3, updatedReplicas: 1, currentRevision: 'a', updateRevision: 'b' },
    },
    'Partly updated',
    'progress',
  ],
  [
    'StatefulSet that updates on delete',
    statefulSets,
    {
      spec: { replicas: 3, updateStrategy: { type: 'OnDelete' } },
      status: { readyReplicas: 3, updatedReplicas: 1, currentRevision: 'a', updateRevision: 'b' },
    },
    'Update waits',
    'warning',
  ],
  ['DaemonSet', daemonSets, { spec: {}, status: { desiredNumberScheduled: 0 } }, 'No node', 'neutral'],
  [
    'DaemonSet',
    daemonSets,
    { spec: {}, status: { desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberAvailable: 0 } },
    'Not available',
    'warning',
  ],
  [
    'DaemonSet',
    daemonSets,
    { spec: {}, status: { desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberAvailable: 3 } },
    'Available',
    'good',
  ],
  ['Job', jobs, { spec: {}, status: { active: 1 } }, 'Running', 'progress'],
  ['Job', jobs, { spec: {}, status: { conditions: [condition('SuccessCriteriaMet'), condition('Complete')] } }, 'Complete', 'good'],
  ['Job', jobs, { spec: {}, status: { conditions: [condition('FailureTarget')] } }, 'Failing', 'bad'],
  ['Job', jobs, { spec: { suspend: true }, status: {} }, 'Suspended', 'neutral'],
  ['Job that lost pods', jobs, { spec: {}, status: { active: 1, failed: 2 } }, 'Running', 'warning'],
  ['CronJob', cronJobs, { spec: {}, status: {} }, 'Scheduled', 'good'],
  ['CronJob', cronJobs, { spec: { suspend: true }, status: { active: [{}] } }, 'Running', 'progress'],
  ['CronJob', cronJobs, { spec: { suspend: true }, status: {} }, 'Suspended', 'neutral'],
  ['budget', podDisruptionBudgets, { status: { expectedPods: 3, currentHealthy: 3, desiredHealthy: 3 } }, 'Allows none', 'warning'],
  ['budget', podDisruptionBudgets, { status: { expectedPods: 3, currentHealthy: 2, desiredHealthy: 3 } }, 'Too few healthy', 'bad'],
  ['quota', resourceQuotas, { status: { hard: { pods: '2' }, used: { pods: '2' } } }, 'Used up', 'warning'],
  ['quota', resourceQuotas, { status: { hard: { cpu: '2' }, used: { cpu: '1500m' } } }, 'Has room', 'good'],
  ['quota', resourceQuotas, { spec: { hard: { pods: '1' } }, status: {} }, 'Counting', 'progress'],
  [
    'claim',
    persistentVolumeClaims,
    { spec: { resources: { requests: { storage: '2Gi' } } }, status: { phase: 'Bound', capacity: { storage: '1Gi' } } },
    'Resizing',
    'progress',
  ],
]

for (const [what, kind, parts, text, tone] of cases)
  test(`a ${what} of ${JSON.stringify(parts)} is ${text}`, () => {
    const object = { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: 'x' }, ...parts } as unknown as KubeObject
    const state = stateOf(kind, object)
    assert.equal(state?.text, text)
    assert.equal(state?.tone, tone)
  })
