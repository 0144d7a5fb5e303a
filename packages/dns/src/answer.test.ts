import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import type { EndpointSlice, Service } from '@quarterdeck/api'

import { answer } from './answer.ts'
import { DnsIndex } from './dns-index.ts'

const service = (name: string, spec: Service['spec']): Service =>
  ({ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'shop' }, spec, status: {} }) as unknown as Service

const slice = (name: string, of: string, rest: Partial<EndpointSlice>): EndpointSlice =>
  ({
    metadata: { name, namespace: 'shop', labels: { 'kubernetes.io/service-name': of } },
    addressType: 'IPv4',
    endpoints: [],
    ...rest,
  }) as unknown as EndpointSlice

function indexOf(): DnsIndex {
  const index = new DnsIndex('cluster.local')
  index.setService(
    service('web', {
      clusterIP: '10.96.0.20',
      clusterIPs: ['10.96.0.20'],
      ports: [
        { name: 'http', port: 80 },
        { name: 'dns', port: 53, protocol: 'UDP' },
      ],
    }),
  )
  index.setService(service('db', { clusterIP: 'None', ports: [{ name: 'sql', port: 5432 }] }))
  index.setService(service('early', { clusterIP: 'None', publishNotReadyAddresses: true }))
  index.setService(service('empty', { clusterIP: 'None' }))
  index.setService(service('outside', { type: 'ExternalName', externalName: 'example.com' }))
  index.setSlice(
    slice('db-1', 'db', {
      ports: [{ name: 'sql', port: 5432, protocol: 'TCP' }],
      endpoints: [
        { addresses: ['10.244.0.5'], hostname: 'db-0', conditions: { ready: true } },
        { addresses: ['10.244.0.6'], conditions: { ready: true } },
        { addresses: ['10.244.0.7'], hostname: 'db-2', conditions: { ready: false } },
      ],
    }),
  )
  index.setSlice(slice('early-1', 'early', { endpoints: [{ addresses: ['10.244.0.9'], conditions: { ready: false } }] }))
  return index
}

const shown = (name: string, type: string): string => {
  const found = answer({ name, type }, indexOf())
  if (!found) return 'elsewhere'
  const records = found.answers.map(
    (r) => `${r.type} ${typeof r.data === 'string' ? r.data : 'port' in r.data ? `${r.data.port} ${r.data.target}` : ''}`,
  )
  return records.length > 0 ? records.toSorted().join(', ') : found.code
}

const cases: [question: string, type: string, expected: string][] = [
  ['web.shop.svc.cluster.local', 'A', 'A 10.96.0.20'],
  ['WEB.Shop.svc.cluster.local.', 'A', 'A 10.96.0.20'],
  ['web.shop.svc.cluster.local', 'AAAA', 'NODATA'],
  ['absent.shop.svc.cluster.local', 'A', 'NXDOMAIN'],
  ['web.other.svc.cluster.local', 'A', 'NXDOMAIN'],
  ['shop.svc.cluster.local', 'A', 'NODATA'],
  ['other.svc.cluster.local', 'A', 'NXDOMAIN'],
  ['cluster.local', 'A', 'NODATA'],
  ['_http._tcp.web.shop.svc.cluster.local', 'SRV', 'SRV 80 web.shop.svc.cluster.local'],
  ['_dns._udp.web.shop.svc.cluster.local', 'SRV', 'SRV 53 web.shop.svc.cluster.local'],
  ['_http._udp.web.shop.svc.cluster.local', 'SRV', 'NXDOMAIN'],
  ['_http._tcp.web.shop.svc.cluster.local', 'A', 'NODATA'],
  ['db.shop.svc.cluster.local', 'A', 'A 10.244.0.5, A 10.244.0.6'],
  ['db-0.db.shop.svc.cluster.local', 'A', 'A 10.244.0.5'],
  ['10-244-0-6.db.shop.svc.cluster.local', 'A', 'A 10.244.0.6'],
  ['db-2.db.shop.svc.cluster.local', 'A', 'NXDOMAIN'],
  ['_sql._tcp.db.shop.svc.cluster.local', 'SRV', 'SRV 5432 10-244-0-6.db.shop.svc.cluster.local, SRV 5432 db-0.db.shop.svc.cluster.local'],
  ['early.shop.svc.cluster.local', 'A', 'A 10.244.0.9'],
  ['empty.shop.svc.cluster.local', 'A', 'NXDOMAIN'],
  ['outside.shop.svc.cluster.local', 'A', 'CNAME example.com'],
  ['10-244-0-5.shop.pod.cluster.local', 'A', 'A 10.244.0.5'],
  ['10-244-0-5.other.pod.cluster.local', 'A', 'NXDOMAIN'],
  ['nonsense.shop.pod.cluster.local', 'A', 'NXDOMAIN'],
  ['20.0.96.10.in-addr.arpa', 'PTR', 'PTR web.shop.svc.cluster.local'],
  ['5.0.244.10.in-addr.arpa', 'PTR', 'PTR db-0.db.shop.svc.cluster.local'],
  ['1.1.1.1.in-addr.arpa', 'PTR', 'elsewhere'],
  ['example.com', 'A', 'elsewhere'],
  ['notcluster.local', 'A', 'elsewhere'],
  ['dns-version.cluster.local', 'TXT', 'TXT 1.1.0'],
]

describe('the cluster’s names', () => {
  for (const [name, type, expected] of cases)
    void test(`[D1] ${type} of ${name} is ${expected}`, () => {
      assert.equal(shown(name, type), expected)
    })

  void test('a negative answer carries the SOA that says how long it holds', () => {
    const found = answer({ name: 'absent.shop.svc.cluster.local', type: 'A' }, indexOf())
    assert.equal(found?.authorities[0]?.type, 'SOA')
  })

  void test('what is deleted is no longer known by name or address', () => {
    const index = indexOf()
    index.deleteSlice(slice('db-1', 'db', {}))
    assert.equal(answer({ name: 'db.shop.svc.cluster.local', type: 'A' }, index)?.code, 'NXDOMAIN')
    assert.deepEqual(index.namesOf('10.244.0.5'), [])
    index.deleteService(service('web', {}))
    assert.equal(answer({ name: 'web.shop.svc.cluster.local', type: 'A' }, index)?.code, 'NXDOMAIN')
  })
})
