import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { horizontalPodAutoscalersV1, type HorizontalPodAutoscalerV1 } from '../kinds/horizontal-pod-autoscaler-v1.ts'
import { horizontalPodAutoscalers, type HorizontalPodAutoscaler } from '../kinds/horizontal-pod-autoscaler.ts'
import { testCreations, type Part } from '../testing/validation-cases.ts'

const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }
const spec = (more: Part = {}): Part => ({ spec: { scaleTargetRef, maxReplicas: 5, ...more } })
const metric = (part: Part): Part => spec({ metrics: [part] })
const up = (rules: Part): Part => spec({ behavior: { scaleUp: rules } })
const policies = [{ type: 'Pods', value: 1, periodSeconds: 10 }]

testCreations({
  'horizontalpodautoscalers.autoscaling': [
    ['a target and a bound', spec()],
    [
      'no bound',
      { spec: { scaleTargetRef } },
      'spec.maxReplicas: must be set and greater than 0',
      'spec.maxReplicas: must be greater than or equal to `minReplicas`',
    ],
    ['fewer at most than at least', spec({ minReplicas: 6 }), 'spec.maxReplicas: must be greater than or equal to `minReplicas`'],
    ['nothing at least', spec({ minReplicas: 0 }), 'spec.minReplicas: must be greater than or equal to 1'],
    ['no target', { spec: { maxReplicas: 1 } }, 'spec.scaleTargetRef.kind: Required value', 'spec.scaleTargetRef.name: Required value'],
    [
      'a metric of no type',
      metric({ type: 'Feeling' }),
      'spec.metrics[0].type: supported values: "ContainerResource", "External", "Object", "Pods", "Resource"',
    ],
    ['a type without its source', metric({ type: 'Pods' }), 'spec.metrics[0].pods: must populate information for the given metric source'],
    [
      'two sources',
      metric({
        type: 'Resource',
        resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } },
        pods: { metric: { name: 'x' }, target: { type: 'AverageValue', averageValue: '1' } },
      }),
      'spec.metrics[0].pods: must populate the given metric source only',
    ],
    [
      'two targets',
      metric({ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50, averageValue: '1' } } }),
      'spec.metrics[0].resource.target.averageValue: may not set both a target raw value and a target utilization',
    ],
    [
      'a container’s resource without its container',
      metric({ type: 'ContainerResource', containerResource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }),
      'spec.metrics[0].containerResource.container: must specify a container',
    ],
    [
      'a target of zero',
      metric({ type: 'Pods', pods: { metric: { name: 'x' }, target: { type: 'AverageValue', averageValue: '0' } } }),
      'spec.metrics[0].pods.target.averageValue: must be positive',
    ],
    [
      'a window too long',
      up({ stabilizationWindowSeconds: 3601, policies }),
      'spec.behavior.scaleUp.stabilizationWindowSeconds: must be less than or equal to 3600',
    ],
    ['no policies', up({ policies: [] }), 'spec.behavior.scaleUp.policies: must specify at least one Policy'],
    [
      'an unknown choice',
      up({ selectPolicy: 'Any', policies }),
      'spec.behavior.scaleUp.selectPolicy: supported values: "Disabled", "Max", "Min"',
    ],
    [
      'a policy of nothing',
      up({ policies: [{ type: 'Pods', value: 0, periodSeconds: 0 }] }),
      'spec.behavior.scaleUp.policies[0].value: must be greater than zero',
      'spec.behavior.scaleUp.policies[0].periodSeconds: must be greater than zero',
    ],
  ],
})

const metadata = { name: 'h', namespace: 'default', uid: 'u', resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' }
const v1 = (fields: Part, annotations?: Record<string, string>): HorizontalPodAutoscalerV1 => ({
  apiVersion: 'autoscaling/v1',
  kind: 'HorizontalPodAutoscaler',
  metadata: { ...metadata, ...(annotations ? { annotations } : {}) },
  spec: { scaleTargetRef, maxReplicas: 5, minReplicas: 1, ...fields },
  status: { currentReplicas: 0, desiredReplicas: 0 },
})
const { toStored, fromStored } = horizontalPodAutoscalersV1.storedAs!
const stored = (object: HorizontalPodAutoscalerV1): HorizontalPodAutoscaler => toStored(object) as HorizontalPodAutoscaler

void describe('autoscaling/v1', () => {
  void test('has a field for the utilization of CPU', () => {
    const object = stored(v1({ targetCPUUtilizationPercentage: 70 }))
    assert.deepEqual(object.spec.metrics, [
      { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } },
    ])
    assert.equal(fromStored(object).spec.targetCPUUtilizationPercentage, 70)
  })

  void test('aims at 80% of CPU where nothing is said', () =>
    assert.equal(stored(v1({})).spec.metrics?.[0]?.resource?.target.averageUtilization, 80))

  void test('keeps every other metric and the behaviour in annotations, there and back', () => {
    const object = stored(v1({}))
    const v2: HorizontalPodAutoscaler = {
      ...object,
      spec: {
        ...object.spec,
        metrics: [
          { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '1Gi' } } },
          {
            type: 'ContainerResource',
            containerResource: { name: 'cpu', container: 'c', target: { type: 'Utilization', averageUtilization: 5 } },
          },
          { type: 'Pods', pods: { metric: { name: 'hits' }, target: { type: 'AverageValue', averageValue: '7' } } },
          {
            type: 'Object',
            object: { describedObject: { kind: 'Ingress', name: 'i' }, metric: { name: 'rate' }, target: { type: 'Value', value: '9' } },
          },
          { type: 'External', external: { metric: { name: 'queue' }, target: { type: 'AverageValue', averageValue: '3' } } },
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } },
        ],
        behavior: { scaleDown: { selectPolicy: 'Disabled', policies } },
      },
    }
    horizontalPodAutoscalers.applyDefaults(v2)
    const shown = fromStored(v2)
    assert.equal(shown.spec.targetCPUUtilizationPercentage, 60)
    assert.equal((JSON.parse(shown.metadata.annotations?.['autoscaling.alpha.kubernetes.io/metrics'] ?? '[]') as unknown[]).length, 5)
    assert.deepEqual(stored(shown).spec, v2.spec)
    assert.equal(stored(shown).metadata.annotations, undefined)
  })

  void test('takes annotations that are no JSON for absent', () =>
    assert.equal(stored(v1({}, { 'autoscaling.alpha.kubernetes.io/metrics': '{' })).spec.metrics?.length, 1))
})

void test('targets are shown as kubectl shows them', () => {
  const targets = horizontalPodAutoscalers.columns.find(({ name }) => name === 'Targets')!
  const object = stored(v1({ targetCPUUtilizationPercentage: 50 }))
  assert.equal(targets.value(object, 0), 'cpu: <unknown>/50%')
  const current = { averageUtilization: 12, averageValue: '30m' }
  const measured = { ...object, status: { ...object.status, currentMetrics: [{ type: 'Resource', resource: { name: 'cpu', current } }] } }
  assert.equal(targets.value(measured, 0), 'cpu: 12%/50%')
})
