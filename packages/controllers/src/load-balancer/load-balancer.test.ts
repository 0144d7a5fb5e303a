import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import type { EndpointSlice, Node, Service } from '@quarterdeck/api'

import { metaOf } from '../testing/objects.ts'
import { AddressPool } from './address-pool.ts'
import { announcerOf } from './plan-announcer.ts'

void describe('[LB1] a pool of addresses', () => {
  void test('gives the lowest that is free, of ranges and networks', () => {
    const pool = new AddressPool('192.0.2.9-192.0.2.10, 198.51.100.0/30,203.0.113.7')
    const given = Array.from({ length: 6 }, (_, i) => pool.allocate(`s${i}`))
    assert.deepEqual(given, ['192.0.2.9', '192.0.2.10', '198.51.100.1', '198.51.100.2', '203.0.113.7', undefined])
    pool.release('s1')
    assert.equal(pool.allocate('again'), '192.0.2.10')
  })
  void test('gives an address that is asked for to one only', () => {
    const pool = new AddressPool('192.0.2.0/28')
    assert.deepEqual([pool.hold('192.0.2.3', 'a'), pool.hold('192.0.2.3', 'b'), pool.hold('192.0.2.3', 'a')], [true, false, true])
    assert.deepEqual([pool.hold('192.0.3.1', 'a'), pool.heldBy('a')], [false, '192.0.2.3'])
  })
  void test('of nothing gives nothing', () => assert.equal(new AddressPool('').allocate('a'), undefined))
  for (const text of ['192.0.2.300', '192.0.2.9-192.0.2.1', '192.0.2.0/40', 'all'])
    void test(`${text} is refused`, () => assert.throws(() => new AddressPool(text), /not a|not an/))
})

void describe('[LB2] the node that answers for an address', () => {
  const node = (name: string, ready = 'True', labels: Record<string, string> = {}): Node => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: metaOf(name, { labels }),
    spec: {},
    status: { conditions: [{ type: 'Ready', status: ready }] },
  })
  const service = (policy = 'Cluster', uid = 'u'): Service => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metaOf('s', { uid }),
    spec: { type: 'LoadBalancer', externalTrafficPolicy: policy },
    status: {},
  })
  const slice = (...nodeNames: string[]): EndpointSlice => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: metaOf('e'),
    addressType: 'IPv4',
    endpoints: nodeNames.map((nodeName) => ({ addresses: ['10.0.0.1'], nodeName, conditions: { ready: true } })),
  })
  const all = ['a', 'b', 'c', 'd'].map((name) => node(name))

  void test('stays while it can', () => assert.equal(announcerOf(service(), 'c', { nodes: all, slices: [] }), 'c'))
  void test('is another once it cannot', () => {
    const nodes = [node('a'), node('b', 'Unknown')]
    assert.equal(announcerOf(service(), 'b', { nodes, slices: [] }), 'a')
  })
  void test('is none that is excluded', () => {
    const nodes = [node('a', 'True', { 'node.kubernetes.io/exclude-from-external-load-balancers': '' }), node('b')]
    assert.equal(announcerOf(service(), undefined, { nodes, slices: [] }), 'b')
  })
  void test('has an endpoint of its own under a policy Local', () => {
    assert.equal(announcerOf(service('Local'), 'a', { nodes: all, slices: [slice('d')] }), 'd')
    assert.equal(announcerOf(service('Local'), 'a', { nodes: all, slices: [] }), undefined)
  })
  void test('differs from service to service', () => {
    const chosen = new Set(
      Array.from({ length: 40 }, (_, i) => announcerOf(service('Cluster', `u${i}`), undefined, { nodes: all, slices: [] })),
    )
    assert.equal(chosen.size, 4)
  })
})
