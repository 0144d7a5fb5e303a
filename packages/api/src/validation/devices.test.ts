import assert from 'node:assert/strict'
import { test } from 'node:test'

import { resourceClaims, type ResourceClaim } from '../kinds/resource-claim.ts'
import { resourceSlices, type ResourceSlice } from '../kinds/resource-slice.ts'
import { testCreations, testStatusUpdates, testUpdates, type Case, type Part, type UpdateCase } from '../testing/validation-cases.ts'

const many = (count: number, of: (i: number) => unknown): unknown[] => Array.from({ length: count }, (_, i) => of(i))
const cel = (expression: string): Part => ({ cel: { expression } })
const exactly = (more: Part = {}): Part => ({ name: 'gpu', exactly: { deviceClassName: 'c', ...more } })
const choice = (name: string, more: Part = {}): Part => ({ name, deviceClassName: 'c', ...more })
const claim = (devices: Part, more: Part = {}): Part => ({ spec: { devices }, ...more })
const asking = (...requests: unknown[]): Part => claim({ requests })
const opaque = (parameters: unknown): Part => ({ opaque: { driver: 'd.example.com', parameters } })
const gpu = 'spec.devices.requests[0]'
const notARequest = "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'"

const claims: Case[] = [
  ['nothing to ask for', claim({})],
  ['a request', asking(exactly())],
  ['a request of no kind', asking({ name: 'a' }), `${gpu}: exactly one of \`exactly\` or \`firstAvailable\` is required`],
  [
    'a request of both kinds',
    asking({ ...exactly(), firstAvailable: [choice('a')] }),
    `${gpu}: exactly one of \`exactly\` or \`firstAvailable\` is required, but multiple fields are set`,
  ],
  ['two requests of one name', asking(exactly(), exactly()), 'spec.devices.requests[1]: Duplicate value: "gpu"'],
  ['a request whose name is no label', asking({ ...exactly(), name: 'A' }), `${gpu}.name: RFC 1123 label`],
  [
    'too many requests',
    claim({ requests: many(33, (i) => ({ ...exactly(), name: `r${i}` })) }),
    'spec.devices.requests: must have at most 32 items',
  ],
  ['no class', asking(exactly({ deviceClassName: '' })), `${gpu}.exactly.deviceClassName: Required value`],
  ['an unknown mode', asking(exactly({ allocationMode: 'Some' })), `${gpu}.exactly.allocationMode: supported values: "All", "ExactCount"`],
  ['less than no device', asking(exactly({ count: -1 })), `${gpu}.exactly.count: must be greater than zero`],
  [
    'all devices and a count',
    asking(exactly({ allocationMode: 'All', count: 2 })),
    `${gpu}.exactly.count: must not be specified when allocationMode is 'All'`,
  ],
  ['choices', asking({ name: 'a', firstAvailable: [choice('x'), choice('y')] })],
  [
    'too many choices',
    asking({ name: 'a', firstAvailable: many(9, (i) => choice(`c${i}`)) }),
    `${gpu}.firstAvailable: must have at most 8 items`,
  ],
  [
    'two choices of one name',
    asking({ name: 'a', firstAvailable: [choice('x'), choice('x')] }),
    `${gpu}.firstAvailable[1]: Duplicate value: "x"`,
  ],
  ['a selector', asking(exactly({ selectors: [cel('device.driver == "d"')] }))],
  ['a selector of no kind', asking(exactly({ selectors: [{}] })), `${gpu}.exactly.selectors[0].cel: Required value`],
  ['an empty expression', asking(exactly({ selectors: [cel('')] })), `${gpu}.exactly.selectors[0].cel.expression: Required value`],
  [
    'a long expression',
    asking(exactly({ selectors: [cel('x'.repeat(10_241))] })),
    `${gpu}.exactly.selectors[0].cel.expression: may not be more than 10240 bytes`,
  ],
  ['many selectors', asking(exactly({ selectors: many(33, () => cel('true')) })), `${gpu}.exactly.selectors: must have at most 32 items`],
  ['a toleration', asking(exactly({ tolerations: [{ operator: 'Exists', key: 'a' }] }))],
  [
    'tolerations that cannot be',
    asking(
      exactly({
        tolerations: [
          { operator: 'Exists', value: 'x' },
          { operator: 'In', effect: 'Never' },
        ],
      }),
    ),
    `${gpu}.exactly.tolerations[0].value: must be empty for operator \`Exists\``,
    `${gpu}.exactly.tolerations[1].operator: supported values: "Equal", "Exists"`,
    `${gpu}.exactly.tolerations[1].effect: supported values: "NoExecute", "NoSchedule", "None"`,
  ],
  ['a constraint', claim({ requests: [exactly()], constraints: [{ requests: ['gpu'], matchAttribute: 'd.example.com/numa' }] })],
  [
    'a constraint of nothing',
    claim({ constraints: [{}] }),
    'spec.devices.constraints[0]: exactly one of "matchAttribute" or "distinctAttribute" is required',
  ],
  [
    'a constraint on an attribute of nobody',
    claim({ constraints: [{ matchAttribute: 'numa' }] }),
    'spec.devices.constraints[0].matchAttribute: a fully qualified name must be a domain and a name separated by a slash',
  ],
  [
    'a constraint of requests that are not there',
    claim({ requests: [exactly()], constraints: [{ requests: ['gpu', 'gpu', 'a/b', 'a/b/c'], distinctAttribute: 'd/x' }] }),
    `spec.devices.constraints[0].requests[2]: ${notARequest}`,
    `spec.devices.constraints[0].requests[3]: ${notARequest}`,
    'spec.devices.constraints[0].requests[1]: Duplicate value: "gpu"',
  ],
  [
    'settings of a choice',
    claim({ requests: [{ name: 'a', firstAvailable: [choice('x')] }], config: [{ requests: ['a/x'], ...opaque({ on: true }) }] }),
  ],
  ['settings of nobody', claim({ config: [{}] }), 'spec.devices.config[0].opaque: Required value'],
  ['settings that are a list', claim({ config: [opaque([1])] }), 'spec.devices.config[0].opaque.parameters: must be a valid JSON object'],
  ['no settings', claim({ config: [opaque(null)] }), 'spec.devices.config[0].opaque.parameters: Required value'],
  [
    'long settings',
    claim({ config: [opaque({ text: 'x'.repeat(10_240) })] }),
    'spec.devices.config[0].opaque.parameters: may not be more than 10240 bytes',
  ],
]

const pool = { name: 'p', generation: 1, resourceSliceCount: 1 }
const slice = (more: Part = {}): Part => ({ spec: { driver: 'd.example.com', pool, allNodes: true, ...more } })
const offering = (device: Part, more: Part = {}): Part => slice({ devices: [{ name: 'd0', ...device }], ...more })
const shared = (requestPolicy: Part): Part =>
  offering({ allowMultipleAllocations: true, capacity: { memory: { value: '10', requestPolicy } } })
const policy = 'spec.devices[0].capacity[memory].requestPolicy'
const d0 = 'spec.devices[0]'
const counters = (...names: string[]): Part => Object.fromEntries(names.map((name) => [name, { value: '1' }]))
const term = { matchExpressions: [{ key: 'a', operator: 'Exists' }] }
const place = 'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required'

const slices: Case[] = [
  ['no device', slice()],
  ['devices', slice({ devices: many(128, (i) => ({ name: `d${i}` })) })],
  ['too many devices', slice({ devices: many(129, (i) => ({ name: `d${i}` })) }), 'spec.devices: must have at most 128 items'],
  [
    'too many devices with taints',
    slice({ devices: many(65, (i) => ({ name: `d${i}`, taints: [{ key: 'a', effect: 'None' }] })) }),
    'spec.devices: must have at most 64 items',
  ],
  ['no driver', slice({ driver: '' }), 'spec.driver: Required value'],
  [
    'a pool that cannot be',
    slice({ pool: { name: 'a//b', generation: -1, resourceSliceCount: 0 } }),
    'spec.pool.name: RFC 1123 subdomain',
    'spec.pool.resourceSliceCount: must be greater than zero',
    'spec.pool.generation: must be greater than or equal to zero',
  ],
  ['no place', slice({ allNodes: undefined }), `spec: ${place}`],
  ['places', slice({ nodeName: 'n' }), `spec: Invalid value: "{\`nodeName\`, \`allNodes\`}": ${place}, but multiple fields are set`],
  ['no place, said so', slice({ nodeName: '' }), 'spec.nodeName: must be either unset or set to a non-empty string'],
  ['not all nodes', slice({ allNodes: false, nodeName: 'n' }), 'spec.allNodes: must be either unset or set to true'],
  ['a selector', slice({ allNodes: undefined, nodeSelector: { nodeSelectorTerms: [term] } })],
  [
    'a selector of two terms',
    slice({ allNodes: undefined, nodeSelector: { nodeSelectorTerms: [term, term] } }),
    'spec.nodeSelector.nodeSelectorTerms: must have exactly one node selector term',
  ],
  ['devices and counters', offering({}, { sharedCounters: [] }), 'spec: only one of `sharedCounters` or `devices` is allowed'],
  ['counters', slice({ sharedCounters: [{ name: 's', counters: counters('a') }] })],
  ['a set without counters', slice({ sharedCounters: [{ name: 's', counters: {} }] }), 'spec.sharedCounters[0].counters: Required value'],
  [
    'counters that take from two sets of one name',
    offering({ consumesCounters: [1, 2].map(() => ({ counterSet: 's', counters: counters('a') })) }),
    `${d0}.consumesCounters[1]: Duplicate value: "s"`,
  ],
  [
    'a counter whose name is no label',
    slice({ sharedCounters: [{ name: 's', counters: counters('A') }] }),
    'spec.sharedCounters[0].counters: RFC 1123 label',
  ],
  ['two devices of one name', slice({ devices: [{ name: 'a' }, { name: 'a' }] }), 'spec.devices[1]: Duplicate value: "a"'],
  [
    'attributes',
    offering({ attributes: { a: { bool: false }, 'd.example.com/b': { int: 0 }, c: { string: '' }, d: { version: '1.2.3-rc.1+b' } } }),
  ],
  [
    'attributes that cannot be',
    offering({ attributes: { '1': { int: 1 }, a: {}, b: { bool: true, int: 1 }, c: { version: 'v1' }, d: { string: 'x'.repeat(65) } } }),
    `${d0}.attributes: a valid C identifier`,
    `${d0}.attributes[a]: exactly one value must be specified`,
    `${d0}.attributes[b]: exactly one value must be specified`,
    `${d0}.attributes[c].version: must be a string compatible with semver.org spec 2.0.0`,
    `${d0}.attributes[d].string: may not be more than 64 bytes`,
  ],
  [
    'too many attributes',
    offering({ attributes: Object.fromEntries(many(33, (i) => [`a${i}`, { int: 1 }]) as [string, unknown][]) }),
    `${d0}: the total number of attributes and capacities must not exceed 32`,
  ],
  [
    'a taint of no effect',
    offering({ taints: [{ key: 'a' }, { key: '', effect: 'Never' }] }),
    `${d0}.taints[0].effect: Required value`,
    `${d0}.taints[1].key: name part must be non-empty`,
    `${d0}.taints[1].key: name part must consist of`,
    `${d0}.taints[1].effect: supported values: "NoExecute", "NoSchedule", "None"`,
  ],
  ['places of devices', offering({ nodeName: 'n' }, { allNodes: undefined, perDeviceNodeSelection: true })],
  [
    'a device that says no place',
    offering({}, { allNodes: undefined, perDeviceNodeSelection: true }),
    `${d0}: exactly one of \`nodeName\`, \`nodeSelector\`, or \`allNodes\` is required when`,
  ],
  [
    'a device that says a place and may not',
    offering({ nodeName: 'n' }),
    `${d0}: can only be set if \`perDeviceNodeSelection\` is set to true`,
  ],
  [
    'a policy of a device that is not shared',
    offering({ capacity: { memory: { value: '1', requestPolicy: {} } } }),
    `${policy}: allowMultipleAllocations must be true`,
  ],
  ['choices of capacity', shared({ default: '2', validValues: ['2', '4'] })],
  [
    'choices of capacity that cannot be',
    shared({ default: '3', validValues: ['4', '2', '20'] }),
    `${policy}.validValues[1]: values must be sorted in ascending order`,
    `${policy}.validValues[2]: option is larger than capacity value: 10`,
    `${policy}.validValues: default value is not valid according to the requestPolicy`,
  ],
  ['a range of capacity', shared({ default: '2', validRange: { min: '2', max: '10', step: '2' } })],
  ['a range without a default', shared({ validRange: { min: '1' } }), `${policy}.default: required when validRange is defined`],
  [
    'a range that cannot be',
    shared({ default: '1', validRange: { min: '2', max: '20', step: '4' } }),
    `${policy}.validRange.min: default is less than min: 2`,
    `${policy}.validRange.max: max is larger than capacity value: 10`,
    `${policy}.validRange.step: value is not a multiple of a given step (4) from (2)`,
    `${policy}.validRange.step: value is not a multiple of a given step (4) from (2)`,
  ],
  [
    'a range and choices',
    shared({ default: '2', validValues: ['2'], validRange: { min: '2' } }),
    `${policy}: exactly one policy can be specified`,
  ],
  [
    'conditions that mean both',
    offering({ bindingConditions: ['a', 'a'], bindingFailureConditions: ['a'] }),
    `${d0}.bindingConditions[1]: Duplicate value: "a"`,
    `${d0}.bindingFailureConditions[0]: bindingFailureConditions must not overlap with bindingConditions`,
  ],
  [
    'conditions and no way to fail',
    offering({ bindingConditions: ['a'] }),
    `${d0}.bindingFailureConditions: bindingFailureConditions are required to use bindingConditions`,
  ],
]

testCreations({
  'resourceclaims.resource.k8s.io': claims,
  'resourceclaimtemplates.resource.k8s.io': [
    ['a request', { spec: { spec: { devices: { requests: [exactly()] } } } }],
    [
      'a request of no kind',
      { spec: { spec: { devices: { requests: [{ name: 'a' }] } } } },
      'spec.spec.devices.requests[0]: Required value',
    ],
    ['a name for its claims', { spec: { metadata: { name: 'a' }, spec: {} } }, 'spec.metadata.name: cannot be set'],
    ['labels that are none', { spec: { metadata: { labels: { a: '!' } }, spec: {} } }, 'spec.metadata.labels: a valid label'],
  ],
  'deviceclasses.resource.k8s.io': [
    ['nothing', { spec: {} }],
    ['a name for containers', { spec: { extendedResourceName: 'example.com/gpu', selectors: [cel('true')], config: [opaque({})] } }],
    [
      'a name that is native',
      { spec: { extendedResourceName: 'cpu' } },
      'spec.extendedResourceName: must be a valid extended resource name',
    ],
    ['an empty expression', { spec: { selectors: [cel(' ')] } }, 'spec.selectors[0].cel.expression: Required value'],
  ],
  'resourceslices.resource.k8s.io': slices,
})

const updates: Record<string, UpdateCase[]> = {
  'resourceclaims.resource.k8s.io': [['what it asks for', asking(exactly()), asking(exactly({ count: 2 })), 'spec: field is immutable']],
  'resourceclaimtemplates.resource.k8s.io': [
    ['its spec', { spec: { spec: {} } }, { spec: { metadata: { labels: {} }, spec: {} } }, 'spec: field is immutable'],
  ],
  'resourceslices.resource.k8s.io': [
    ['its devices', slice(), offering({})],
    ['its pool', slice(), slice({ pool: { ...pool, name: 'q' } }), 'spec.pool.name: field is immutable'],
    [
      'its driver and node',
      slice(),
      slice({ driver: 'e.example.com', nodeName: 'n' }),
      'spec.driver: immutable',
      'spec.nodeName: immutable',
    ],
  ],
}
testUpdates(updates)

const result = (more: Part = {}): Part => ({ request: 'gpu', driver: 'd.example.com', pool: 'p', device: 'd0', ...more })
const allocated = (status: Part = {}, ...results: Part[]): Part => ({
  ...asking(exactly()),
  status: { allocation: { devices: { results: results.length > 0 ? results : [result()] } }, ...status },
})
const pending = { ...asking(exactly()), status: {} }
const consumer = (i: number): Part => ({ resource: 'pods', name: `p${i}`, uid: `u${i}` })
const deviceStatus = (more: Part = {}): Part => ({ driver: 'd.example.com', pool: 'p', device: 'd0', ...more })
const ends = (part: Part): Part => ({ ...part, metadata: { deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['a'] } })
const results = 'status.allocation.devices.results'

testStatusUpdates({
  'resourceclaims.resource.k8s.io': [
    ['devices', pending, allocated({ reservedFor: [consumer(0)] })],
    ['no devices any more', allocated(), pending],
    ['other devices', allocated(), allocated({}, result({ device: 'd1' })), 'status.allocation: field is immutable'],
    [
      'a pod and no devices',
      pending,
      { ...pending, status: { reservedFor: [consumer(0)] } },
      'status.reservedFor: may not be specified when `allocated` is not set',
    ],
    ['as many pods as there may be', allocated(), allocated({ reservedFor: many(256, consumer) })],
    ['more pods', allocated(), allocated({ reservedFor: many(257, consumer) }), 'status.reservedFor: must have at most 256 items'],
    ['a pod twice', allocated(), allocated({ reservedFor: [consumer(0), consumer(0)] }), 'status.reservedFor[1]: Duplicate value: "u0"'],
    [
      'a pod of no name',
      allocated(),
      allocated({ reservedFor: [{ resource: 'pods', uid: 'u' }] }),
      'status.reservedFor[0].name: Required value',
    ],
    [
      'another pod while it ends',
      ends(allocated({ reservedFor: [consumer(0)] })),
      ends(allocated({ reservedFor: [consumer(0), consumer(1)] })),
      'status.reservedFor: new entries may not be added while',
    ],
    ['a pod less while it ends', ends(allocated({ reservedFor: many(2, consumer) })), ends(allocated({ reservedFor: [consumer(0)] }))],
    [
      'devices that cannot be',
      pending,
      allocated({}, result({ request: 'tpu', driver: '', pool: '', device: 'D', shareID: 'x' })),
      `${results}[0].request: ${notARequest}`,
      `${results}[0].driver: Required value`,
      `${results}[0].pool: Required value`,
      `${results}[0].device: RFC 1123 label`,
      `${results}[0].shareID: error validating uid`,
    ],
    [
      'settings from nowhere',
      pending,
      { ...pending, status: { allocation: { devices: { config: [{ source: 'FromMe', ...opaque({}) }] } } } },
      'status.allocation.devices.config[0].source: supported values: "FromClaim", "FromClass"',
    ],
    [
      'a nodeSelector of nothing',
      pending,
      allocated({ allocation: { nodeSelector: { nodeSelectorTerms: [] } } }),
      'status.allocation.nodeSelector.nodeSelectorTerms: must have at least one node selector term',
    ],
    [
      'what a driver says',
      allocated(),
      allocated({ devices: [deviceStatus({ data: {}, networkData: { ips: ['10.9.8.7/24', 'fd00::1/64'] } })] }),
    ],
    [
      'what a driver may not say',
      allocated(),
      allocated({ devices: [deviceStatus({ device: 'd1', data: 7, networkData: { ips: ['10.9.8.7'], interfaceName: 'x'.repeat(257) } })] }),
      'status.devices[0]: must be an allocated device in the claim',
      'status.devices[0].data: must be a valid JSON object',
      'status.devices[0].networkData.interfaceName: may not be more than 256 bytes',
      'status.devices[0].networkData.ips[0]: must be a valid address in CIDR form',
    ],
  ],
})

const claimOf = (part: Part): ResourceClaim => structuredClone({ metadata: { name: 'x' }, ...part }) as unknown as ResourceClaim

test('a request wants one device unless it says otherwise', () => {
  const object = claimOf(asking(exactly(), exactly({ allocationMode: 'All' }), { name: 'a', firstAvailable: [choice('x')] }))
  resourceClaims.applyDefaults(object)
  const [one, all, some] = object.spec.devices?.requests ?? []
  assert.deepEqual([one?.exactly?.allocationMode, one?.exactly?.count], ['ExactCount', 1])
  assert.deepEqual([all?.exactly?.allocationMode, all?.exactly?.count], ['All', undefined])
  assert.equal(some?.firstAvailable?.[0]?.count, 1)
})

test('what drivers say of devices goes with the devices', () => {
  const old = claimOf(allocated({ devices: [deviceStatus()] }))
  const object = claimOf({ ...pending, status: { devices: [deviceStatus()] } })
  resourceClaims.prepareForStatusUpdate(object, old)
  assert.equal(object.status.devices, undefined)
})

for (const [part, state] of [
  [pending, 'pending'],
  [allocated(), 'allocated'],
  [allocated({ reservedFor: [consumer(0)] }), 'allocated,reserved'],
  [ends(allocated()), 'deleted,allocated'],
  [ends(pending), 'deleted'],
] as const)
  test(`a claim can be ${state}`, () => assert.equal(resourceClaims.columns[1]?.value(claimOf(part), 0), state))

test('a slice says when its taints were added, and is warned of capitals', () => {
  const object = {
    metadata: { name: 'x' },
    ...slice({ driver: 'D.example.com', devices: [{ name: 'a', taints: [{ key: 'k', effect: 'None' }] }] }),
  }
  const typed = object as unknown as ResourceSlice
  resourceSlices.applyDefaults(typed)
  assert.match(typed.spec.devices?.[0]?.taints?.[0]?.timeAdded ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  assert.deepEqual(resourceSlices.warnings(typed, undefined), [
    'spec.driver: driver names should be lowercase; "D.example.com" contains uppercase characters',
  ])
})
