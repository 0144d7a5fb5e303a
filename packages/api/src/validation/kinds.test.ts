import { testCreations, testStatusUpdates, testUpdates, type Case, type Part, type UpdateCase } from '../testing/validation-cases.ts'

const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } }
const selector = { matchLabels: { a: 'b' } }
const rolling = (rollingUpdate: Part): Part => ({ spec: { selector, template, strategy: { type: 'RollingUpdate', rollingUpdate } } })
const address = (ip: string): Part => ({ subsets: [{ addresses: [{ ip }], ports: [{ port: 80 }] }] })
const slice = (endpoint: Part, more: Part = {}): Part => ({
  addressType: 'IPv4',
  endpoints: [{ addresses: ['10.0.0.1'], ...endpoint }],
  ...more,
})
const event = {
  involvedObject: { kind: 'Pod', namespace: 'ns', name: 'p' },
  reason: 'R',
  action: 'A',
  eventTime: '2026-01-01T00:00:00.000000Z',
  reportingComponent: 'c',
  reportingInstance: 'i',
}
const eventV1 = {
  regarding: event.involvedObject,
  reason: 'R',
  action: 'A',
  type: 'Normal',
  eventTime: event.eventTime,
  reportingController: 'c',
  reportingInstance: 'i',
}
const base64 = (text: string): string => Buffer.from(text).toString('base64')

const network = (...podCIDRs: string[]): Part => ({ spec: { podCIDRs } })

const networks: [cidrs: string[], message?: string][] = [
  [['10.0.0.0/24', 'fd00::/64']],
  [['10.0.0.0'], 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'],
  [['10.0.0.0/33'], 'must be a valid CIDR value'],
  [['010.0.0.0/24'], 'must not have leading 0s in IP or prefix length'],
  [['10.0.0.1/24'], 'must not have bits set beyond the prefix length'],
  [['fd00::1/64'], 'must not have bits set beyond the prefix length'],
  [['::ffff:10.0.0.0/120'], 'must not have an IPv4-mapped IPv6 address'],
  [['10.0.0.0/24', '10.0.1.0/24'], 'may specify no more than one CIDR for each IP family'],
]

const creations: Record<string, Case[]> = {
  namespaces: [
    ['a finalizer of a domain', { spec: { finalizers: ['example.com/a'] } }],
    [
      'a finalizer of nobody',
      { spec: { finalizers: ['mine'] } },
      'spec.finalizers: name is neither a standard finalizer name nor is it fully qualified',
    ],
  ],
  'deployments.apps': [
    ['a usual one', { spec: { selector, template } }],
    ['negative replicas', { spec: { replicas: -1, selector, template } }, 'spec.replicas: must be greater than or equal to 0'],
    ['no selector', { spec: { template } }, 'spec.selector: Required value', 'spec.template.metadata.labels: does not match template'],
    ['a selector of everything', { spec: { selector: {}, template } }, 'spec.selector: empty selector is invalid for deployment'],
    [
      'a selector of others',
      { spec: { selector: { matchLabels: { a: 'c' } }, template } },
      'spec.template.metadata.labels: `selector` does not match template `labels`',
    ],
    [
      'a rolling update that can do nothing',
      rolling({ maxSurge: 0, maxUnavailable: '0%' }),
      'spec.strategy.rollingUpdate.maxUnavailable: may not be 0 when `maxSurge` is 0',
    ],
    [
      'more than all unavailable',
      rolling({ maxUnavailable: '101%' }),
      'spec.strategy.rollingUpdate.maxUnavailable: must not be greater than 100%',
    ],
    [
      'a deadline before readiness',
      { spec: { selector, template, minReadySeconds: 9, progressDeadlineSeconds: 9 } },
      'spec.progressDeadlineSeconds: must be greater than minReadySeconds',
    ],
  ],
  replicationcontrollers: [['a selector taken from the template', { spec: { template } }]],
  endpoints: [
    ['addresses and ports', address('10.0.0.1')],
    ['no address', { subsets: [{ ports: [{ port: 80 }] }] }, 'subsets[0]: must specify `addresses` or `notReadyAddresses`'],
    ['an address that is none', address('x'), 'subsets[0].addresses[0].ip: must be a valid IP address'],
    ['no machine', address('0.0.0.0'), 'subsets[0].addresses[0].ip: may not be unspecified (0.0.0.0)'],
    ['this machine', address('127.0.0.1'), 'subsets[0].addresses[0].ip: may not be in the loopback range'],
    ['this machine in IPv6', address('::1'), 'subsets[0].addresses[0].ip: may not be in the loopback range'],
    ['the link', address('169.254.1.1'), 'subsets[0].addresses[0].ip: may not be in the link-local range'],
    ['the link’s groups', address('224.0.0.5'), 'subsets[0].addresses[0].ip: may not be in the link-local multicast range'],
    [
      'ports without names',
      { subsets: [{ addresses: [{ ip: '10.0.0.1' }], ports: [{ port: 80 }, { port: 81, name: 'b' }] }] },
      'subsets[0].ports[0].name: Required value',
    ],
  ],
  'endpointslices.discovery.k8s.io': [
    ['an address', slice({})],
    ['no type', { endpoints: [] }, 'addressType: Required value'],
    ['no address', slice({ addresses: [] }), 'endpoints[0].addresses: must contain at least 1 address'],
    ['an address of the other family', slice({ addresses: ['fd00::1'] }), 'endpoints[0].addresses[0]: must be an IPv4 address'],
    ['a loopback address', slice({ addresses: ['127.0.0.1'] }), 'endpoints[0].addresses[0]: may not be in the loopback range'],
    ['a bad host name', slice({ hostname: 'A' }), 'endpoints[0].hostname: a lowercase RFC 1123 label'],
    [
      'the same zone twice',
      slice({ hints: { forZones: [{ name: 'a' }, { name: 'a' }] } }),
      'endpoints[0].hints.forZones[1].name: Duplicate value: "a"',
    ],
    [
      'too many hints',
      slice({ hints: { forNodes: Array.from({ length: 9 }, (_, i) => ({ name: `n${i}` })) } }),
      'endpoints[0].hints.forNodes: Too many: 9: must have at most 8 items',
    ],
    ['two ports of one name', slice({}, { ports: [{ port: 1 }, { port: 2 }] }), 'ports[1].name: Duplicate value: ""'],
  ],
  events: [
    ['one of the old kind', { involvedObject: { namespace: 'ns' } }],
    ['one that says when', event],
    ['another namespace', { involvedObject: { namespace: 'other' } }, 'involvedObject.namespace: does not match event.namespace'],
    ['an object of cluster scope elsewhere', { involvedObject: {} }, 'involvedObject.namespace: does not match event.namespace'],
    ['no reporter', { ...event, reportingInstance: '' }, 'reportingInstance: Required value'],
    ['no action', { ...event, action: '' }, 'action: Required value'],
    ['a long reason', { ...event, reason: 'x'.repeat(129) }, 'reason: can have at most 128 characters'],
    ['a long message', { ...event, message: 'x'.repeat(1025) }, 'message: can have at most 1024 characters'],
  ],
  'events.events.k8s.io': [
    ['a usual one', eventV1],
    ['no time', { ...eventV1, eventTime: undefined }, 'eventTime: Required value'],
    ['an unknown type', { ...eventV1, type: 'Odd' }, 'type: has invalid value: Odd'],
    ['a count', { ...eventV1, deprecatedCount: 1 }, 'count: needs to be unset'],
    ['a series of one', { ...eventV1, series: { count: 1, lastObservedTime: event.eventTime } }, 'series.count: should be at least 2'],
  ],
  'leases.coordination.k8s.io': [
    ['nothing', { spec: {} }],
    ['no duration', { spec: { leaseDurationSeconds: 0 } }, 'spec.leaseDurationSeconds: must be greater than 0'],
    ['negative transitions', { spec: { leaseTransitions: -1 } }, 'spec.leaseTransitions: must be greater than or equal to 0'],
    [
      'a preference without strategy',
      { spec: { preferredHolder: 'a' } },
      'spec.preferredHolder: may only be specified if `strategy` is defined',
    ],
  ],
  configmaps: [
    ['keys of both forms', { data: { a: '' }, binaryData: { b: '' } }],
    ['a key that is no file name', { data: { 'a/b': '' } }, 'data[a/b]: a valid config key must consist of'],
    ['a megabyte too much', { data: { a: 'x'.repeat(1024 * 1024 + 1) } }, ': Too long: may not be more than 1048576 bytes'],
  ],
  secrets: [
    ['plain text', { stringData: { a: 'b' } }],
    ['half a key pair', { type: 'kubernetes.io/tls', data: { 'tls.crt': '' } }, 'data[tls.key]: Required value'],
    [
      'a registry login that is no JSON',
      { type: 'kubernetes.io/dockerconfigjson', data: { '.dockerconfigjson': base64('x') } },
      'data[.dockerconfigjson]: Invalid value: "<secret contents redacted>"',
    ],
    [
      'a token of no account',
      { type: 'kubernetes.io/service-account-token' },
      'metadata.annotations[kubernetes.io/service-account.name]: Required value',
    ],
  ],
  nodes: [
    ...networks.map(([cidrs, message]): Case => {
      const field = message?.startsWith('may') ? 'spec.podCIDRs' : 'spec.podCIDRs[0]'
      return [`the networks ${cidrs.join(' and ')}`, network(...cidrs), ...(message ? [`${field}: ${message}`] : [])]
    }),
    ['a taint', { spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] } }],
    ['a taint without effect', { spec: { taints: [{ key: 'a' }] } }, 'metadata.taints[0].effect: Required value'],
    [
      'a taint twice',
      {
        spec: {
          taints: [
            { key: 'a', effect: 'NoSchedule' },
            { key: 'a', effect: 'NoSchedule', value: 'b' },
          ],
        },
      },
      'metadata.taints[1]: Duplicate value',
    ],
  ],
}

const updates: Record<string, UpdateCase[]> = {
  'deployments.apps': [
    [
      'its selector',
      { spec: { selector, template } },
      { spec: { selector: { matchLabels: { c: 'd' } }, template } },
      'spec.selector: field is immutable',
    ],
  ],
  configmaps: [
    ['its data', { data: { a: '1' } }, { data: { a: '2' } }],
    [
      'its data once frozen',
      { immutable: true, data: { a: '1' } },
      { immutable: true, data: { a: '2' } },
      'data: field is immutable when `immutable` is set',
    ],
    ['being frozen', { immutable: true }, {}, 'immutable: field is immutable when `immutable` is set'],
  ],
  secrets: [
    ['its type', { type: 'a' }, { type: 'b' }, 'type: field is immutable'],
    ['its type left out', { type: 'Opaque' }, {}],
    [
      'its data once frozen',
      { immutable: true, data: {} },
      { immutable: true, data: { a: '' } },
      'data: field is immutable when `immutable` is set',
    ],
  ],
  'endpointslices.discovery.k8s.io': [['its type', slice({}), { ...slice({}), addressType: 'IPv6' }, 'addressType: field is immutable']],
  'events.events.k8s.io': [
    ['its series', eventV1, { ...eventV1, series: { count: 2, lastObservedTime: event.eventTime } }],
    ['a source that is empty', eventV1, { ...eventV1, deprecatedSource: {} }],
    ['its reason', eventV1, { ...eventV1, reason: 'S' }, 'reason: field is immutable'],
  ],
  nodes: [
    [
      'its network',
      { spec: { podCIDRs: ['10.0.0.0/24'] } },
      { spec: { podCIDRs: ['10.0.1.0/24'] } },
      'spec.podCIDRs: node updates may not change podCIDR',
    ],
    [
      'its provider id',
      { spec: { providerID: 'a' } },
      { spec: { providerID: 'b' } },
      'spec.providerID: node updates may not change providerID',
    ],
  ],
}

const statuses: Record<string, UpdateCase[]> = {
  namespaces: [
    ['the phase of one in use', { status: { phase: 'Active' } }, { status: { phase: 'Active' } }],
    [
      'a deletion that has not begun',
      { status: { phase: 'Active' } },
      { status: { phase: 'Terminating' } },
      "status.Phase: may only be 'Active' if `deletionTimestamp` is empty",
    ],
  ],
  nodes: [
    ['amounts', {}, { status: { capacity: { cpu: '1500m', pods: '110' }, allocatable: { memory: '1Gi' } } }],
    ['a negative amount', {}, { status: { capacity: { cpu: '-1' } } }, 'status.capacity.cpu: must be greater than or equal to 0'],
    ['half a pod', {}, { status: { allocatable: { pods: '500m' } } }, 'status.allocatable.pods: must be an integer'],
    [
      'an address twice',
      {},
      { status: { addresses: [1, 2].map(() => ({ type: 'InternalIP', address: '10.0.0.1' })) } },
      'status.addresses[1]: Duplicate value',
    ],
  ],
  services: [
    [
      'a balancer it is not',
      { spec: { ports: [{ port: 1 }] } },
      { spec: { ports: [{ port: 1 }] }, status: { loadBalancer: { ingress: [{ ip: '10.0.0.1' }] } } },
      "status.loadBalancer.ingress: may only be used when `spec.type` is 'LoadBalancer'",
    ],
    [
      'a balancer of a bad address and mode',
      { spec: { type: 'LoadBalancer' } },
      { spec: { type: 'LoadBalancer' }, status: { loadBalancer: { ingress: [{ ip: 'x' }, { hostname: '10.0.0.1', ipMode: 'VIP' }] } } },
      'status.loadBalancer.ingress[0].ip: must be a valid IP address',
      'status.loadBalancer.ingress[1].ipMode: may not be specified when `ip` is not set',
      'status.loadBalancer.ingress[1].hostname: must be a DNS name, not an IP address',
    ],
  ],
  'deployments.apps': [
    ['sound counts', {}, { status: { replicas: 3, readyReplicas: 2, availableReplicas: 1, updatedReplicas: 3 } }],
    ['a negative count', {}, { status: { unavailableReplicas: -1 } }, 'status.unavailableReplicas: must be greater than or equal to 0'],
    [
      'more ready than there are',
      {},
      { status: { replicas: 1, readyReplicas: 2 } },
      'status.readyReplicas: cannot be greater than status.replicas',
    ],
    [
      'more available than ready',
      {},
      { status: { replicas: 2, readyReplicas: 1, availableReplicas: 2 } },
      'status.availableReplicas: cannot be greater than readyReplicas',
    ],
    [
      'fewer collisions',
      { status: { collisionCount: 2 } },
      { status: { collisionCount: 1 } },
      'status.collisionCount: cannot be decremented',
    ],
    ['no collisions any more', { status: { collisionCount: 2 } }, { status: {} }, 'status.collisionCount: cannot be decremented'],
  ],
  'replicasets.apps': [
    [
      'more labeled than there are',
      {},
      { status: { replicas: 1, fullyLabeledReplicas: 2 } },
      'status.fullyLabeledReplicas: cannot be greater than status.replicas',
    ],
  ],
}

testCreations(creations)
testUpdates(updates)
testStatusUpdates(statuses)
