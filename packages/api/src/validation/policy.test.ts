import { testCreations, testStatusUpdates, testUpdates, type Part } from '../testing/validation-cases.ts'

const named = (name: string, part: Part): Part => ({ metadata: { name }, ...part })
const tolerating = (...tolerations: Part[]): Part => ({ handler: 'runc', scheduling: { tolerations } })
const condition = {
  type: 'DisruptionAllowed',
  status: 'True',
  reason: 'SufficientPods',
  message: '',
  lastTransitionTime: '2026-01-01T00:00:00Z',
}

testCreations({
  'poddisruptionbudgets.policy': [
    ['a count', { spec: { minAvailable: 1, selector: { matchLabels: { a: 'b' } } } }],
    ['a percentage', { spec: { maxUnavailable: '10%' } }],
    ['both limits', { spec: { minAvailable: 1, maxUnavailable: 1 } }, 'spec: minAvailable and maxUnavailable cannot be both set'],
    ['less than nothing', { spec: { minAvailable: -1 } }, 'spec.minAvailable: must be greater than or equal to 0'],
    ['more than all', { spec: { maxUnavailable: '101%' } }, 'spec.maxUnavailable: must not be greater than 100%'],
    ['no number', { spec: { maxUnavailable: 'some' } }, 'spec.maxUnavailable: a valid percent string'],
    [
      'a policy of its own',
      { spec: { minAvailable: 1, unhealthyPodEvictionPolicy: 'Never' } },
      'spec.unhealthyPodEvictionPolicy: supported values: "AlwaysAllow", "IfHealthyBudget"',
    ],
  ],
  'priorityclasses.scheduling.k8s.io': [
    ['a value', { value: 1000 }],
    ['a value of the system', { value: 1_000_000_001 }, 'value: maximum allowed value of a user defined priority is 1000000000'],
    ['a name of the system', named('system-mine', { value: 1 }), 'metadata.name: system-mine is not a known system priority class'],
    ['a class of the system', named('system-node-critical', { value: 2_000_001_000 })],
    [
      'a class of the system and another value',
      named('system-node-critical', { value: 1 }),
      'metadata.name: value of system-node-critical PriorityClass must be 2000001000',
    ],
    [
      'an unknown policy',
      { value: 1, preemptionPolicy: 'Sometimes' },
      'preemptionPolicy: supported values: "PreemptLowerPriority", "Never"',
    ],
  ],
  'runtimeclasses.node.k8s.io': [
    ['a handler', { handler: 'runc' }],
    ['no handler', {}, 'handler: Required value'],
    ['a bad handler', { handler: 'Run C' }, 'handler: a lowercase RFC 1123 label'],
    [
      'the same toleration twice',
      tolerating({ key: 'a', operator: 'Exists' }, { key: 'a', operator: 'Exists' }),
      'scheduling.tolerations[1]: Duplicate value',
    ],
  ],
})

testUpdates({
  'priorityclasses.scheduling.k8s.io': [
    ['the value', { value: 1 }, { value: 2 }, 'value: may not be changed in an update.'],
    ['the policy', { value: 1 }, { value: 1, preemptionPolicy: 'Never' }, 'preemptionPolicy: field is immutable'],
    ['the description', { value: 1 }, { value: 1, description: 'why' }],
  ],
  'runtimeclasses.node.k8s.io': [['the handler', { handler: 'a' }, { handler: 'b' }, 'handler: field is immutable']],
})

testStatusUpdates({
  'poddisruptionbudgets.policy': [
    ['a count below zero', {}, { status: { currentHealthy: -1 } }, 'status.currentHealthy: must be greater than or equal to 0'],
    ['a condition', {}, { status: { conditions: [condition] } }],
    ['a condition twice', {}, { status: { conditions: [condition, condition] } }, 'status.conditions[1].type: Duplicate value'],
    [
      'a condition without a reason',
      {},
      { status: { conditions: [{ ...condition, reason: '' }] } },
      'status.conditions[0].reason: Required value',
    ],
    [
      'a condition that is half true',
      {},
      { status: { conditions: [{ ...condition, status: 'Half' }] } },
      'status.conditions[0].status: supported values: "False", "True", "Unknown"',
    ],
  ],
})
