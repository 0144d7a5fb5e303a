import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import type { EndpointSlice, Pod, Service } from '@quarterdeck/api'

import { mostEndpoints, planEndpointSlices } from '../endpoint-slice/plan-endpoint-slices.ts'
import type { EndpointSlicePlan } from '../endpoint-slice/plan-slices.ts'
import { mostAddresses, planEndpoints } from '../endpoints/plan-endpoints.ts'
import { metaOf, podOf, readyStatus } from '../testing/objects.ts'

const labels = { app: 'web' }

const service = (spec: Partial<Service['spec']> = {}): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: metaOf('web'),
  spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 'http' }], ...spec },
  status: {},
})

let address = 0
const pod = (name: string, state: 'ready' | 'not ready' | 'terminating', containerPort = 8080): Pod => {
  address++
  const podIP = `10.244.${address >> 8}.${address & 255}`
  const status = state === 'not ready' ? { phase: 'Running', podIP } : { ...readyStatus(), podIP }
  return podOf(name, {
    meta: { labels, ...(state === 'terminating' ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}) },
    spec: { containers: [{ name: 'c', image: 'i', ports: [{ name: 'http', containerPort }] }], nodeName: 'n1' },
    status,
  })
}

const plan = (pods: readonly Pod[], slices: readonly EndpointSlice[] = [], of = service()): EndpointSlicePlan =>
  planEndpointSlices({ service: of, pods, slices, zoneOf: () => 'zone-a' })

const stored = ({ endpoints, ports }: EndpointSlicePlan['create'][number], name: string): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: metaOf(name),
  addressType: 'IPv4',
  endpoints,
  ports,
})

describe('planning EndpointSlices', () => {
  test('[EP1] an endpoint is ready if its pod is and does not terminate; a terminating one still serves', () => {
    const { create } = plan([pod('a', 'ready'), pod('b', 'not ready'), pod('c', 'terminating')])
    assert.deepEqual(
      create[0]?.endpoints.map(({ conditions }) => conditions),
      [
        { ready: true, serving: true, terminating: false },
        { ready: false, serving: false, terminating: false },
        { ready: false, serving: true, terminating: true },
      ],
    )
    assert.deepEqual(create[0]?.ports, [{ name: 'http', port: 8080, protocol: 'TCP' }])
    assert.equal(create[0]?.endpoints[0]?.zone, 'zone-a')
  })

  test('[EP2] publishNotReadyAddresses makes every endpoint ready', () => {
    const { create } = plan([pod('a', 'not ready'), pod('b', 'terminating')], [], service({ publishNotReadyAddresses: true }))
    assert.deepEqual(
      create[0]?.endpoints.map(({ conditions }) => conditions?.ready),
      [true, true],
    )
  })

  test('[EP3] a slice holds at most 100 endpoints', () => {
    const { create } = plan(Array.from({ length: 250 }, (_, i) => pod(`p${i}`, 'ready')))
    assert.deepEqual(
      create.map(({ endpoints }) => endpoints.length),
      [mostEndpoints, mostEndpoints, 50],
    )
  })

  test('[EP4] pods whose named port differs get slices of their own', () => {
    const { create } = plan([pod('a', 'ready', 8080), pod('b', 'ready', 9090)])
    assert.deepEqual(
      create.map(({ ports }) => ports[0]?.port),
      [8080, 9090],
    )
  })

  test('[EP5] only the slices that must change are written, and new endpoints fill the room there is', () => {
    const pods = Array.from({ length: 150 }, (_, i) => pod(`p${i}`, 'ready'))
    const slices = plan(pods).create.map((content, i) => stored(content, `s${i}`))
    const settled = plan(pods, slices)
    assert.deepEqual([settled.create, settled.update, settled.delete, settled.keep.length], [[], [], [], 2])
    const more = plan([...pods, pod('new', 'ready')], slices)
    assert.deepEqual(
      more.update.map(({ slice, content }) => [slice.metadata.name, content.endpoints.length]),
      [['s1', 51]],
    )
    assert.equal(more.create.length, 0)
    const fewer = plan(pods.slice(0, 100), slices)
    assert.deepEqual(
      fewer.delete.map(({ metadata }) => metadata.name),
      ['s1'],
    )
  })

  test('[EP6] a Service without endpoints keeps one empty slice', () => {
    const [empty] = plan([]).create
    assert.deepEqual(empty, { endpoints: [], ports: [] })
    assert.equal(plan([], [stored(empty, 's')]).keep.length, 1)
  })

  const inZone = { forZones: [{ name: 'zone-a' }] }
  for (const [trafficDistribution, hints] of [
    [undefined, undefined],
    ['PreferClose', inZone],
    ['PreferSameZone', inZone],
    ['PreferSameNode', { ...inZone, forNodes: [{ name: 'n1' }] }],
  ] as const) {
    test(`[EP7] trafficDistribution ${trafficDistribution}: for whom ready endpoints are meant`, () => {
      const { create } = plan([pod('a', 'ready'), pod('b', 'not ready')], [], service({ trafficDistribution }))
      assert.deepEqual(
        create[0]?.endpoints.map((endpoint) => endpoint.hints),
        [hints, undefined],
      )
    })
  }
})

describe('planning Endpoints', () => {
  test('[EP10] ready addresses are apart from others, and terminating pods are absent', () => {
    const { subsets } = planEndpoints(service(), [pod('a', 'ready'), pod('b', 'not ready'), pod('c', 'terminating')])
    assert.deepEqual(
      subsets.map(({ addresses, notReadyAddresses, ports }) => [
        addresses?.map(({ targetRef }) => targetRef?.name),
        notReadyAddresses?.map(({ targetRef }) => targetRef?.name),
        ports,
      ]),
      [[['a'], ['b'], [{ name: 'http', port: 8080, protocol: 'TCP' }]]],
    )
  })

  test('[EP11] more than 1000 addresses are cut, those of pods that are not ready first', () => {
    const ready = Array.from({ length: 900 }, (_, i) => pod(`r${i}`, 'ready'))
    const others = Array.from({ length: 300 }, (_, i) => pod(`n${i}`, 'not ready'))
    const { subsets, isTruncated } = planEndpoints(service(), [...others, ...ready])
    assert.equal(subsets[0]?.addresses?.length, 900)
    assert.equal(subsets[0]?.notReadyAddresses?.length, mostAddresses - 900)
    assert.equal(isTruncated, true)
  })

  test('[EP12] a pod without the named port has no address, unless the Service is headless and has no ports', () => {
    const without = podOf('p', { meta: { labels }, status: readyStatus() })
    assert.deepEqual(planEndpoints(service(), [without]).subsets, [])
    assert.equal(planEndpoints(service({ clusterIP: 'None', ports: [] }), [without]).subsets.length, 1)
  })
})
