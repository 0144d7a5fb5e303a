import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import type { EndpointSlice, Service } from '@quarterdeck/api'

import { parseFlows, staleFlows, udpTargetsOf } from './udp-flows.ts'

const service = {
  metadata: { namespace: 'default', name: 'dns' },
  spec: {
    type: 'NodePort',
    clusterIP: '10.96.0.53',
    ports: [
      { name: 'udp', protocol: 'UDP', port: 53, nodePort: 30053 },
      { name: 'tcp', protocol: 'TCP', port: 53 },
    ],
  },
  status: {},
} as unknown as Service
const slice = {
  metadata: { namespace: 'default', name: 'dns-1', labels: { 'kubernetes.io/service-name': 'dns' } },
  addressType: 'IPv4',
  endpoints: [{ addresses: ['10.244.0.7'], conditions: { ready: true } }],
  ports: [{ name: 'udp', protocol: 'UDP', port: 5353 }],
} as unknown as EndpointSlice

const line = (to: string, port: number, from: string, fromPort: number): string =>
  `udp      17 28 src=10.244.0.9 dst=${to} sport=40730 dport=${port} src=${from} dst=10.244.0.9 sport=${fromPort} dport=40730 [ASSURED] mark=0 use=1`

void describe('[S6] UDP flows', () => {
  const targets = udpTargetsOf([service], [slice], { name: 'n', addresses: ['192.0.2.2', '127.0.0.1'] })
  const isEnded = (text: string): boolean => staleFlows(parseFlows(text), targets).length === 1

  void test('to an endpoint that is there stay', () => assert.equal(isEnded(line('10.96.0.53', 53, '10.244.0.7', 5353)), false))
  void test('to an endpoint that is gone end', () => assert.equal(isEnded(line('10.96.0.53', 53, '10.244.0.8', 5353)), true))
  void test('through a node port end likewise', () => assert.equal(isEnded(line('192.0.2.2', 30053, '10.244.0.8', 5353)), true))
  void test('that began before there was an endpoint end', () => assert.equal(isEnded(line('10.96.0.53', 53, '10.96.0.53', 53)), true))
  void test('to anything else stay', () => assert.equal(isEnded(line('192.0.2.9', 30053, '192.0.2.9', 30053)), false))
  void test('are read as they are printed', () =>
    assert.deepEqual(parseFlows(`${line('10.96.0.53', 53, '10.244.0.7', 5353)}\nconntrack v1.4.7: 1 flow entries have been shown.\n`), [
      { source: '10.244.0.9:40730', destination: '10.96.0.53:53', answering: '10.244.0.7:5353' },
    ]))
})
