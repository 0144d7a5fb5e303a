import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import type { Endpoints } from '@quarterdeck/api'

import { metaOf } from '../testing/objects.ts'
import { mostMirrored, planMirror } from './plan-mirror.ts'

const endpointsOf = (...subsets: NonNullable<Endpoints['subsets']>): Endpoints => ({
  apiVersion: 'v1',
  kind: 'Endpoints',
  metadata: metaOf('e'),
  subsets,
})
const ports = [{ name: 'http', port: 80, protocol: 'TCP' }]

void describe('[EP20] Endpoints that a user keeps', () => {
  void test('are mirrored with what is ready and what is not', () => {
    const { byType } = planMirror(
      endpointsOf({ ports, addresses: [{ ip: '10.0.0.1', hostname: 'a' }], notReadyAddresses: [{ ip: '10.0.0.2' }] }),
      [],
    )
    assert.deepEqual(byType.get('IPv4')?.create, [
      {
        ports: [{ name: 'http', port: 80, protocol: 'TCP' }],
        endpoints: [
          { addresses: ['10.0.0.1'], conditions: { ready: true }, hostname: 'a' },
          { addresses: ['10.0.0.2'], conditions: { ready: false } },
        ],
      },
    ])
  })
  void test('have slices for each family of addresses and each set of ports', () => {
    const { byType } = planMirror(
      endpointsOf(
        { ports, addresses: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }] },
        { ports: [{ port: 81 }], addresses: [{ ip: '10.0.0.1' }] },
      ),
      [],
    )
    assert.deepEqual([byType.get('IPv4')?.create.length, byType.get('IPv6')?.create.length], [2, 1])
  })
  void test('are cut at 1000 addresses a subset', () => {
    const addresses = Array.from({ length: mostMirrored + 5 }, (_, i) => ({ ip: `10.0.${i >> 8}.${i & 255}` }))
    const { byType, skipped } = planMirror(endpointsOf({ ports, addresses }), [])
    assert.deepEqual([byType.get('IPv4')?.create[0]?.endpoints.length, skipped], [1000, 5])
  })
  void test('without addresses have no slices', () => assert.deepEqual(planMirror(endpointsOf(), []).byType.get('IPv4')?.create, []))
})
