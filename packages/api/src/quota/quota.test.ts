import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import type { KubeObject } from '@quarterdeck/api-machinery'

import type { V1ResourceQuotaSpec } from '../generated/types.ts'
import { builtInKinds } from '../kinds/index.ts'
import { isInQuotaScope } from './quota-scopes.ts'
import { quotaResourcesOf, quotaUsageOf } from './quota-usage.ts'

const kindOf = (resource: string) => builtInKinds.find((kind) => kind.resource === resource)!
const objectOf = (part: object): KubeObject => ({ metadata: {}, ...part }) as KubeObject
const nowMs = Date.UTC(2026, 0, 1)
const container = (requests: object, limits: object = {}) => ({ name: 'c', resources: { requests, limits } })

void describe('[RQ1] what an object takes from a quota', () => {
  const cases: [what: string, resource: string, object: object, usage: Record<string, string>][] = [
    [
      'a pod its requests and limits',
      'pods',
      { spec: { containers: [container({ cpu: '100m', 'example.com/gpu': '1' }, { memory: '1Gi' }), container({ cpu: '200m' })] } },
      {
        'count/pods': '1',
        pods: '1',
        cpu: '300m',
        'requests.cpu': '300m',
        'limits.memory': '1Gi',
        'requests.example.com/gpu': '1',
      },
    ],
    [
      'a pod no less than its largest init container, and its overhead',
      'pods',
      { spec: { initContainers: [container({ cpu: '2' })], containers: [container({ cpu: '1' })], overhead: { cpu: '10m' } } },
      { 'count/pods': '1', pods: '1', cpu: '2010m', 'requests.cpu': '2010m' },
    ],
    ['a pod that has ended its place only', 'pods', { spec: { containers: [] }, status: { phase: 'Failed' } }, { 'count/pods': '1' }],
    [
      'a pod that should be gone its place only',
      'pods',
      { metadata: { deletionTimestamp: '2025-12-31T23:00:00Z', deletionGracePeriodSeconds: 30 }, spec: { containers: [] } },
      { 'count/pods': '1' },
    ],
    [
      'a service with node ports',
      'services',
      { spec: { type: 'NodePort', ports: [{}, {}] } },
      { 'count/services': '1', services: '1', 'services.loadbalancers': '0', 'services.nodeports': '2' },
    ],
    [
      'a load balancer without node ports',
      'services',
      { spec: { type: 'LoadBalancer', allocateLoadBalancerNodePorts: false, ports: [{}] } },
      { 'count/services': '1', services: '1', 'services.loadbalancers': '1', 'services.nodeports': '0' },
    ],
    [
      'a claim its storage, of its class too',
      'persistentvolumeclaims',
      { spec: { storageClassName: 'fast', resources: { requests: { storage: '1500m' } } } },
      {
        'count/persistentvolumeclaims': '1',
        persistentvolumeclaims: '1',
        'requests.storage': '2',
        'fast.storageclass.storage.k8s.io/persistentvolumeclaims': '1',
        'fast.storageclass.storage.k8s.io/requests.storage': '2',
      },
    ],
    [
      'a claim to devices the most it may get of each class',
      'resourceclaims.resource.k8s.io',
      {
        spec: {
          devices: {
            requests: [
              { name: 'a', exactly: { deviceClassName: 'gold', allocationMode: 'ExactCount', count: 2 } },
              {
                name: 'b',
                firstAvailable: [
                  { name: 'x', deviceClassName: 'gold', allocationMode: 'ExactCount', count: 3 },
                  { name: 'y', deviceClassName: 'gold', allocationMode: 'ExactCount', count: 1 },
                  { name: 'z', deviceClassName: 'iron', allocationMode: 'All' },
                ],
              },
            ],
          },
        },
      },
      {
        'count/resourceclaims.resource.k8s.io': '1',
        'gold.deviceclass.resource.k8s.io/devices': '5',
        'iron.deviceclass.resource.k8s.io/devices': '32',
      },
    ],
    ['a secret one of two names', 'secrets', {}, { 'count/secrets': '1', secrets: '1' }],
    ['any other its count', 'deployments.apps', {}, { 'count/deployments.apps': '1' }],
  ]
  for (const [what, resource, object, usage] of cases)
    void test(what, () => assert.deepEqual(quotaUsageOf(kindOf(resource), objectOf(object), nowMs), usage))

  void test('names belong to resources', () => {
    const names = [
      'cpu',
      'services.nodeports',
      'gold.storageclass.storage.k8s.io/requests.storage',
      'count/jobs.batch',
      'secrets',
      'a.deviceclass.resource.k8s.io/devices',
    ]
    assert.deepEqual(
      [...quotaResourcesOf(names)],
      ['pods', 'services', 'persistentvolumeclaims', 'jobs.batch', 'secrets', 'resourceclaims.resource.k8s.io'],
    )
  })
})

void describe('[RQ2] a quota with scopes is of', () => {
  const pod = (spec: object) => objectOf({ spec: { containers: [{ name: 'c' }], ...spec } })
  const high: V1ResourceQuotaSpec = {
    scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['high'] }] },
  }
  const cases: [what: string, spec: V1ResourceQuotaSpec, resource: string, object: KubeObject, isIn: boolean][] = [
    ['pods with a deadline', { scopes: ['Terminating'] }, 'pods', pod({ activeDeadlineSeconds: 5 }), true],
    ['no pods without one', { scopes: ['Terminating'] }, 'pods', pod({}), false],
    ['pods that ask for nothing', { scopes: ['BestEffort', 'NotTerminating'] }, 'pods', pod({}), true],
    ['pods of a class', high, 'pods', pod({ priorityClassName: 'high' }), true],
    ['no pods of another class', high, 'pods', pod({ priorityClassName: 'low' }), false],
    ['no pods without a class', high, 'pods', pod({}), false],
    ['no other kinds', { scopes: ['BestEffort'] }, 'secrets', objectOf({}), false],
    [
      'pods that look into other namespaces',
      { scopes: ['CrossNamespacePodAffinity'] },
      'pods',
      pod({ affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'z', namespaces: ['a'] }] } } }),
      true,
    ],
  ]
  for (const [what, spec, resource, object, isIn] of cases)
    void test(what, () => assert.equal(isInQuotaScope(spec, kindOf(resource), object), isIn))
})
