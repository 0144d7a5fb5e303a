import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import type { Node } from '@quarterdeck/api'

import { metaOf } from '../testing/objects.ts'
import { planZoneHints, type ZonedEndpoint } from './plan-zone-hints.ts'
import { zoneSharesOf } from './zone-shares.ts'

/** `zones` in order, one letter an endpoint; a second letter is the zone it is meant for already. */
const endpointsIn = (zones: string): ZonedEndpoint[] =>
  zones.split(' ').map(([zone, hinted], i) => ({ id: String(i).padStart(3, '0'), zone: zone === '-' ? undefined : zone, hinted }))
const evenly = (zones: string): Map<string, number> => new Map(zones.split('').map((zone) => [zone, 1 / zones.length]))

/** The zones that the endpoints are meant for, in their order. */
function hintsFor(zones: string, shares: ReadonlyMap<string, number>): string {
  const endpoints = endpointsIn(zones)
  const hints = planZoneHints(endpoints, shares)
  return 'refusal' in hints ? hints.refusal : endpoints.map(({ id }) => hints.get(id)).join(' ')
}

describe('[EP8] endpoints are shared out over zones', () => {
  for (const { what, zones, shares, expected } of [
    { what: 'each in its own', zones: 'a b c', shares: evenly('abc'), expected: 'a b c' },
    { what: 'from one zone to two', zones: 'a a a a', shares: evenly('ab'), expected: 'a a b b' },
    { what: 'from the zone that has most to spare', zones: 'a a a a b b c c', shares: evenly('abcd'), expected: 'a a d d b b c c' },
    { what: 'as little as is needed', zones: 'a a a a a b', shares: evenly('ab'), expected: 'a a a b b b' },
    { what: 'what moved before moves again', zones: 'ab a aa ab', shares: evenly('ab'), expected: 'b a a b' },
    { what: 'a zone without nodes gives all it has', zones: 'x x a b', shares: evenly('ab'), expected: 'b a a b' },
    { what: 'by the size of the zones', zones: 'a a a b', shares: new Map([['a', 0.75], ['b', 0.25]]), expected: 'a a a b' }, // prettier-ignore
  ])
    test(what, () => assert.equal(hintsFor(zones, shares), expected))

  for (const [zones, shares, refusal] of [
    ['a b', evenly('abc'), 'Insufficient number of endpoints (2 endpoints, 3 zones)'],
    ['a b -', evenly('abc'), 'One or more endpoints do not have a zone specified'],
    [
      'a b c a',
      evenly('abc'),
      'Unable to allocate minimum required endpoints to each zone without exceeding overload threshold (4 endpoints, 3 zones)',
    ],
  ] as const)
    test(`not if ${zones} are to serve ${shares.size} zones`, () => assert.equal(hintsFor(zones, shares), refusal))

  test('no zone has less than its part needs, whatever there is', () => {
    for (let count = 4; count < 200; count++) {
      const zones = Array.from({ length: count }, (_, i) => 'abcd'[(i * i) % 4]).join(' ')
      const shares = new Map(['a', 'b', 'c', 'd'].map((zone, i) => [zone, (i + 1) / 10]))
      const hints = planZoneHints(endpointsIn(zones), shares)
      if ('refusal' in hints) continue
      const counts = Map.groupBy(hints.values(), (zone) => zone)
      for (const [zone, share] of shares) assert.ok((count * share) / (counts.get(zone)?.length ?? 0) <= 1.2, `${count} ${zone}`)
      const again = planZoneHints(
        endpointsIn(zones).map((endpoint) => ({ ...endpoint, hinted: hints.get(endpoint.id) })),
        shares,
      )
      assert.deepEqual(again, hints)
    }
  })
})

describe('[EP8] the share of a zone', () => {
  const node = (name: string, cpu: string | undefined, { zone, isReady = true, labels = {} }: NodeShape): Node => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { ...metaOf(name), labels: { ...(zone ? { 'topology.kubernetes.io/zone': zone } : {}), ...labels } },
    spec: {},
    status: { ...(cpu ? { allocatable: { cpu } } : {}), conditions: [{ type: 'Ready', status: isReady ? 'True' : 'Unknown' }] },
  })
  interface NodeShape {
    zone?: string
    isReady?: boolean
    labels?: Record<string, string>
  }
  const controlPlane = { 'node-role.kubernetes.io/control-plane': '' }

  for (const { what, nodes, expected } of [
    {
      what: 'is its part of the CPU of the nodes that are Ready and no control plane',
      nodes: [
        node('1', '3', { zone: 'a' }),
        node('2', '500m', { zone: 'b' }),
        node('3', '500m', { zone: 'b' }),
        node('4', '9', { zone: 'b', isReady: false }),
        node('5', '9', { zone: 'c', labels: controlPlane }),
        node('6', undefined, { isReady: false }),
      ],
      expected: [
        ['a', 0.75],
        ['b', 0.25],
      ],
    },
    { what: 'is not asked with one zone', nodes: [node('1', '3', { zone: 'a' })], expected: 'Nodes only ready in one zone' },
    {
      what: 'can’t be said of nodes without a zone',
      nodes: [node('1', '3', { zone: 'a' }), node('2', '3', {})],
      expected: 'Insufficient Node information: allocatable CPU or zone not specified on one or more nodes',
    },
  ])
    test(what, () => {
      const shares = zoneSharesOf(nodes)
      assert.deepEqual('refusal' in shares ? shares.refusal : [...shares], expected)
    })
})
