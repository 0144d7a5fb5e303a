import assert from 'node:assert/strict'
import { test } from 'node:test'

import { ipAddresses, type IPAddress } from '../kinds/ip-address.ts'
import { testCreations, testUpdates, type Part } from '../testing/validation-cases.ts'

const networks = (...cidrs: string[]): Part => ({ spec: { cidrs } })
const parent = (parentRef?: Part): Part => ({ spec: { parentRef } })
const service = { resource: 'services', namespace: 'default', name: 'web' }

testCreations({
  'servicecidrs.networking.k8s.io': [
    ['a network', networks('10.96.0.0/16')],
    ['one of each family', networks('fd00:10::/112', '10.96.0.0/16')],
    ['no network', networks(), 'spec.cidrs: Required value: at least one CIDR required'],
    ['three', networks('10.0.0.0/24', '10.0.1.0/24', '10.0.2.0/24'), 'spec.cidrs: may only hold up to 2 values'],
    ['two of a family', networks('10.0.0.0/24', '10.0.1.0/24'), 'spec.cidrs: may specify no more than one IP for each IP family'],
    ['an address', networks('10.0.0.1'), 'spec.cidrs[0]: must be a valid CIDR value'],
    ['bits beyond the prefix', networks('10.0.0.1/24'), 'spec.cidrs[0]: must not have bits set beyond the prefix length'],
  ],
  'ipaddresses.networking.k8s.io': [
    ['an owner', parent(service)],
    ['no owner', parent(), 'spec.parentRef: Required value'],
    [
      'half an owner',
      parent({ namespace: 'a/b' }),
      'spec.parentRef.resource: Required',
      'spec.parentRef.name: Required',
      "spec.parentRef.namespace: may not contain '/'",
    ],
    ['an owner of a group that is none', parent({ ...service, group: 'A' }), 'spec.parentRef.group: RFC 1123 subdomain'],
  ],
})

testUpdates({
  'servicecidrs.networking.k8s.io': [
    ['nothing', networks('10.96.0.0/16'), networks('10.96.0.0/16')],
    ['its network', networks('10.96.0.0/16'), networks('10.97.0.0/16'), 'spec.cidrs[0]: field is immutable'],
    ['a second family', networks('10.96.0.0/16'), networks('10.96.0.0/16', 'fd00::/112')],
    ['one family less', networks('10.96.0.0/16', 'fd00::/112'), networks('10.96.0.0/16'), 'spec.cidrs: field is immutable'],
  ],
  'ipaddresses.networking.k8s.io': [
    ['its owner', parent(service), parent({ ...service, name: 'api' }), 'spec.parentRef: field is immutable'],
  ],
})

for (const [name, error] of [
  ['10.96.0.1', undefined],
  ['fd00::1', undefined],
  ['web', 'must be a valid IP address'],
  ['010.96.0.1', 'must not have leading 0s'],
  ['fd00:0::1', 'must be in canonical form ("fd00::1")'],
] as const)
  test(`an IPAddress may ${error ? 'not ' : ''}be called ${name}`, () => {
    const errors = ipAddresses.nameErrors?.(name) ?? []
    assert.equal(errors.length, error ? 1 : 0)
    if (error) assert.ok(errors[0]?.startsWith(error), errors[0])
  })

test('an IPAddress shows who has it', () => {
  const shown = (parentRef: unknown): unknown => ipAddresses.columns[1]?.value({ metadata: {}, spec: { parentRef } } as IPAddress, 0)
  assert.equal(shown(service), 'services/default/web')
  assert.equal(shown({ resource: 'Gateways', group: 'example.com', name: 'g' }), 'gateways.example.com/g')
})
