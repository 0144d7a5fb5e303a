import assert from 'node:assert/strict'
import { test } from 'node:test'

import { quotaWarnings } from '../quota/quota-warnings.ts'
import { limitRanges, type LimitRange } from '../kinds/limit-range.ts'
import { testCreations, testStatusUpdates, testUpdates, type Part } from '../testing/validation-cases.ts'

const quota = (hard: Record<string, string>, more: Part = {}): Part => ({ spec: { hard, ...more } })
const limits = (...items: Part[]): Part => ({ spec: { limits: items } })
const selecting = (...matchExpressions: Part[]): Part => ({ scopeSelector: { matchExpressions } })
const expressions = 'spec.scopeSelector.matchExpressions'

testCreations({
  resourcequotas: [
    [
      'compute and counts',
      quota({ cpu: '2', 'limits.memory': '2Gi', pods: '3', 'count/deployments.apps': '1', 'requests.example.com/gpu': '1' }),
    ],
    [
      'what nobody knows',
      quota({ milk: '1' }),
      'spec.hard[milk]: must be a standard resource type',
      'spec.hard[milk]: must be a standard resource for quota',
    ],
    ['storage itself', quota({ storage: '1Gi' }), 'spec.hard[storage]: must be a standard resource for quota'],
    ['less than nothing', quota({ cpu: '-1' }), 'spec.hard[cpu]: must be greater than or equal to 0'],
    ['half a pod', quota({ pods: '500m' }), 'spec.hard[pods]: must be an integer'],
    ['a scope', quota({ pods: '1' }, { scopes: ['BestEffort'] })],
    ['an unknown scope', quota({ pods: '1' }, { scopes: ['Everything'] }), 'spec.scopes: unsupported scope'],
    ['a scope of other resources', quota({ cpu: '1' }, { scopes: ['BestEffort'] }), 'spec.scopes: unsupported scope applied to resource'],
    ['opposite scopes', quota({ pods: '1' }, { scopes: ['Terminating', 'NotTerminating'] }), 'spec.scopes: conflicting scopes'],
    ['a selector of scopes', quota({ pods: '1' }, selecting({ scopeName: 'PriorityClass', operator: 'In', values: ['high'] }))],
    [
      'a selector without values',
      quota({ pods: '1' }, selecting({ scopeName: 'PriorityClass', operator: 'In' })),
      `${expressions}.values: must be at least one value when \`operator\` is 'In' or 'NotIn' for scope selector`,
    ],
    [
      'a value too many',
      quota({ pods: '1' }, selecting({ scopeName: 'PriorityClass', operator: 'Exists', values: ['high'] })),
      `${expressions}.values: must be no value`,
    ],
    [
      'another operator than Exists',
      quota({ pods: '1' }, selecting({ scopeName: 'BestEffort', operator: 'In', values: ['x'] })),
      `${expressions}.operator: must be 'Exists' when scope is any of`,
    ],
  ],
  limitranges: [
    ['limits of containers', limits({ type: 'Container', min: { cpu: '100m' }, max: { cpu: '1' }, default: { cpu: '500m' } })],
    [
      'a type of nobody',
      limits({ type: 'Node', max: { cpu: '1' } }),
      'spec.limits[0].type: must be a standard limit type or fully qualified',
    ],
    ['a type twice', limits({ type: 'Pod' }, { type: 'Pod' }), 'spec.limits[1].type: Duplicate value'],
    [
      'storage of containers',
      limits({ type: 'Pod', max: { storage: '1Gi' } }),
      'spec.limits[0].max[storage]: must be a standard resource for containers',
    ],
    [
      'defaults of pods',
      limits({ type: 'Pod', default: { cpu: '1' } }),
      "spec.limits[0].default: may not be specified when `type` is 'Pod'",
    ],
    [
      'more at least than at most',
      limits({ type: 'Pod', min: { cpu: '2' }, max: { cpu: '1' } }),
      'spec.limits[0].min[cpu]: min value 2 is greater than max value 1',
    ],
    [
      'a default below the least',
      limits({ type: 'Container', min: { cpu: '2' }, default: { cpu: '1' } }),
      'spec.limits[0].defaultRequest[cpu]: min value 2 is greater than default request value 1',
      'spec.limits[0].default[cpu]: min value 2 is greater than default value 1',
    ],
    [
      'a claim without a limit',
      limits({ type: 'PersistentVolumeClaim', max: {} }),
      'spec.limits[0].limits: either minimum or maximum storage value is required, but neither was provided',
    ],
    [
      'a ratio below one',
      limits({ type: 'Pod', maxLimitRequestRatio: { cpu: '500m' } }),
      'spec.limits[0].maxLimitRequestRatio[cpu]: ratio 500m is less than 1',
    ],
    [
      'a ratio that cannot be reached',
      limits({ type: 'Pod', min: { cpu: '1' }, max: { cpu: '2' }, maxLimitRequestRatio: { cpu: '3' } }),
      'spec.limits[0].maxLimitRequestRatio[cpu]: ratio 3 is greater than max/min = 2.000000',
    ],
  ],
})

testUpdates({
  resourcequotas: [
    ['its limits', quota({ pods: '1' }), quota({ pods: '2' })],
    ['its scopes', quota({ pods: '1' }), quota({ pods: '1' }, { scopes: ['BestEffort'] }), 'spec.scopes: field is immutable'],
  ],
})

testStatusUpdates({
  resourcequotas: [['a negative use', {}, { status: { used: { pods: '-1' } } }, 'status.used[pods]: must be greater than or equal to 0']],
})

test('the defaults of containers follow from each other', () => {
  const range = { spec: { limits: [{ type: 'Container', max: { cpu: '2' }, min: { memory: '1Mi' } }] } } as unknown as LimitRange
  limitRanges.applyDefaults(range)
  assert.deepEqual(range.spec?.limits[0]?.default, { cpu: '2' })
  assert.deepEqual(range.spec?.limits[0]?.defaultRequest, { cpu: '2', memory: '1Mi' })
})

test('[WA3] a quota is warned of limits below requests', () => {
  assert.deepEqual(quotaWarnings({ cpu: '2', 'limits.cpu': '1500m', 'requests.memory': '1Gi', 'limits.memory': '2Gi' }), [
    'ResourceQuota cpu (2) should be less than limits.cpu (1500m)',
  ])
})
