import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import type { EndpointSlice, Service, V1Endpoint } from '@quarterdeck/api'

import { planRuleset, type ProxyNode } from './plan-ruleset.ts'
import { renderChange, renderRuleset } from './ruleset.ts'

const node: ProxyNode = {
  table: 'quarterdeck',
  nodeName: 'n1',
  zone: 'z1',
  podCidr: '10.244.0.0/24',
  servedHere: ['10.96.0.10'],
  bridgeNetfilter: true,
}

const service = (spec: Partial<Service['spec']> = {}, name = 'web'): Service =>
  ({
    metadata: { name, namespace: 'shop' },
    spec: { clusterIP: '10.96.0.20', ports: [{ name: 'http', port: 80, protocol: 'TCP' }], ...spec },
    status: {},
  }) as unknown as Service

const endpoint = (address: string, nodeName = 'n1', conditions: V1Endpoint['conditions'] = { ready: true }): V1Endpoint => ({
  addresses: [address],
  nodeName,
  conditions,
})

const slice = (...endpoints: V1Endpoint[]): EndpointSlice =>
  ({
    metadata: { name: 'web-1', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'web' } },
    addressType: 'IPv4',
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    endpoints,
  }) as unknown as EndpointSlice

const rulesOf = (services: Service[], slices: EndpointSlice[], of: ProxyNode = node): string =>
  renderRuleset(planRuleset(services, slices, of))
const two = slice(endpoint('10.244.0.5'), endpoint('10.244.1.6', 'n2'))

void describe('the rules of a service', () => {
  void test('[S1][S2] its cluster address goes to one of its ready endpoints by chance, and hairpins are masqueraded', () => {
    const text = rulesOf([service()], [two])
    assert.match(text, /add element ip quarterdeck service_ips { 10\.96\.0\.20 \. tcp \. 80 : goto service-\w+-shop\/web\/tcp\/http }/)
    assert.match(text, /numgen random mod 2 vmap { 0 : goto endpoint-\w+-\S+, 1 : goto endpoint-\w+-\S+ }/)
    assert.match(text, /ip saddr 10\.244\.0\.5 jump mark_for_masquerade/)
    assert.match(text, /meta l4proto tcp dnat to 10\.244\.0\.5:8080/)
    assert.match(text, /ip saddr != 10\.244\.0\.0\/24 jump mark_for_masquerade/)
  })

  void test('[S1] without endpoints it is rejected, not left hanging', () => {
    const text = rulesOf([service({ type: 'NodePort', ports: [{ name: 'http', port: 80, nodePort: 30080 }] })], [])
    assert.match(text, /no_endpoint_ips { 10\.96\.0\.20 \. tcp \. 80 : goto reject_service }/)
    assert.match(text, /no_endpoint_nodeports { tcp \. 30080 : goto reject_service }/)
    assert.doesNotMatch(text, /element ip quarterdeck service_ips/)
  })

  void test('endpoints that are not ready get nothing, those that terminate only where there is no other', () => {
    const dying = endpoint('10.244.0.7', 'n1', { ready: false, serving: true, terminating: true })
    assert.doesNotMatch(rulesOf([service()], [slice(endpoint('10.244.0.5'), dying)]), /10\.244\.0\.7/)
    assert.match(rulesOf([service()], [slice(dying)]), /dnat to 10\.244\.0\.7:8080/)
  })

  describe('[S9] what is near is preferred', () => {
    const hinted = (address: string, nodeName: string, hints: V1Endpoint['hints']): V1Endpoint => ({
      ...endpoint(address, nodeName),
      hints,
    })
    const here = hinted('10.244.0.5', 'n1', { forZones: [{ name: 'z1' }], forNodes: [{ name: 'n1' }] })
    const inZone = hinted('10.244.1.6', 'n2', { forZones: [{ name: 'z1' }], forNodes: [{ name: 'n2' }] })
    const far = hinted('10.244.2.7', 'n3', { forZones: [{ name: 'z2' }], forNodes: [{ name: 'n3' }] })
    const zoneOnly = ({ hints, ...rest }: V1Endpoint): V1Endpoint => ({ ...rest, hints: { forZones: hints?.forZones } })
    const cases: { rule: string; endpoints: V1Endpoint[]; zone?: string | undefined; reached: string[] }[] = [
      { rule: 'the own node', endpoints: [here, inZone, far], reached: ['10.244.0.5'] },
      { rule: 'without one on the node its zone', endpoints: [inZone, far], reached: ['10.244.1.6'] },
      { rule: 'the own zone', endpoints: [here, inZone, far].map(zoneOnly), reached: ['10.244.0.5', '10.244.1.6'] },
      { rule: 'without one in the zone all', endpoints: [inZone, far], zone: 'z3', reached: ['10.244.1.6', '10.244.2.7'] },
      { rule: 'a node without a zone: all', endpoints: [inZone, far], zone: undefined, reached: ['10.244.1.6', '10.244.2.7'] },
      { rule: 'hints that one lacks do not count', endpoints: [here, endpoint('10.244.2.7', 'n3')], reached: ['10.244.0.5', '10.244.2.7'] },
    ]
    for (const { rule, endpoints, reached, ...of } of cases) {
      test(rule, () => {
        const text = rulesOf([service()], [slice(...endpoints)], { ...node, ...of })
        assert.deepEqual(
          [...text.matchAll(/dnat to ([\d.]+):/g)].map(([, ip]) => ip),
          reached,
        )
      })
    }

    test('what stays on the node by policy is not asked for hints', () => {
      const local = service({ internalTrafficPolicy: 'Local' })
      assert.match(rulesOf([local], [slice(zoneOnly({ ...here, hints: { forZones: [{ name: 'z2' }] } }))]), /dnat to 10\.244\.0\.5:/)
    })
  })

  void test('node ports and external addresses are masqueraded, so that the answer comes back this way', () => {
    const text = rulesOf(
      [service({ type: 'NodePort', externalIPs: ['203.0.113.5'], ports: [{ name: 'http', port: 80, nodePort: 30080 }] })],
      [two],
    )
    assert.match(text, /service_nodeports { tcp \. 30080 : goto external-/)
    assert.match(text, /203\.0\.113\.5 \. tcp \. 80 : goto external-/)
    assert.match(text, /add rule ip quarterdeck external-\S+ jump mark_for_masquerade/)
  })

  void test('[S3] externalTrafficPolicy Local keeps outside traffic on this node, and drops it where there is no endpoint', () => {
    const local = service({ type: 'NodePort', externalTrafficPolicy: 'Local', ports: [{ name: 'http', port: 80, nodePort: 30080 }] })
    assert.match(rulesOf([local], [two]), /external-\S+ goto service_local-/)
    assert.match(rulesOf([local], [slice(endpoint('10.244.1.6', 'n2'))]), /external-\S+ drop/)
  })

  void test('[S7] a load balancer lets in its source ranges only', () => {
    const ranges = { type: 'LoadBalancer', loadBalancerSourceRanges: ['203.0.113.0/24', ' 198.51.100.0/24 '] }
    const balancer = { ...service(ranges), status: { loadBalancer: { ingress: [{ ip: '192.0.2.200', ipMode: 'VIP' }] } } }
    const text = rulesOf([balancer], [two])
    assert.match(text, /192\.0\.2\.200 \. tcp \. 80 : goto firewall-/)
    assert.match(text, /firewall-\S+ ip saddr { 203\.0\.113\.0\/24, 198\.51\.100\.0\/24 } goto external-/)
    assert.match(text, /firewall-\S+ drop/)
  })

  void test('internalTrafficPolicy Local uses this node’s endpoints only', () => {
    const local = service({ internalTrafficPolicy: 'Local' })
    assert.doesNotMatch(rulesOf([local], [two]), /10\.244\.1\.6/)
    assert.match(
      rulesOf([local], [slice(endpoint('10.244.1.6', 'n2'))]),
      /no_endpoint_ips { 10\.96\.0\.20 \. tcp \. 80 : goto drop_service }/,
    )
  })

  void test('session affinity sends a client back to where it went, for the time given', () => {
    const sticky = service({ sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } } })
    const text = rulesOf([sticky], [two])
    assert.match(text, /add set ip quarterdeck affinity-\S+ { type ipv4_addr; flags dynamic,timeout; timeout 60s; }/)
    assert.match(text, /ip saddr @affinity-\S+ goto endpoint-/)
    assert.match(text, /update @affinity-\S+ { ip saddr }/)
  })

  void test('headless services, outside names and what this node serves itself have none', () => {
    const others = [service({ clusterIP: 'None' }), service({ type: 'ExternalName' }, 'b'), service({ clusterIP: '10.96.0.10' }, 'dns')]
    assert.deepEqual(rulesOf(others, [two]), rulesOf([], []))
  })

  void test('[S4][S5] a new ruleset keeps the sets that the kernel fills and takes away what is no longer there', () => {
    const sticky = planRuleset([service({ sessionAffinity: 'ClientIP' })], [two], node)
    assert.equal(renderChange(sticky, sticky), '')
    const gone = renderChange(planRuleset([], [], node), sticky)
    assert.equal(gone.match(/delete chain/g)?.length, 3)
    assert.equal(gone.match(/delete set/g)?.length, 2)
  })

  void test('[S5] a change says nothing of what stays as it is', () => {
    const others = Array.from({ length: 50 }, (_, i) => service({ clusterIP: `10.96.1.${i}` }, `other-${i}`))
    const before = planRuleset([service(), ...others], [two], node)
    const after = planRuleset([service(), ...others], [slice(endpoint('10.244.0.5'))], node)
    const lines = renderChange(after, before).trim().split('\n')
    assert.deepEqual(
      lines.map((line) => line.replace(/ ip quarterdeck (\w+)-.*/, ' $1')),
      ['flush chain endpoint', 'flush chain service', 'add rule service', 'add rule service', 'delete chain endpoint'],
    )
  })

  void test('a set of another timeout has the table made anew', () => {
    const sticky = (timeoutSeconds: number) =>
      planRuleset([service({ sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds } } })], [two], node)
    assert.match(renderChange(sticky(60), sticky(30)), /^add table ip quarterdeck\ndelete table/)
  })
})
