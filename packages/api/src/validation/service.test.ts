import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import type { V1ServiceSpec } from '../generated/types.ts'
import { services, type Service } from '../kinds/service.ts'

/** A service as it is after defaults, with this laid over its spec. */
function serviceOf(spec: Partial<V1ServiceSpec>): Service {
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 's', namespace: 'default', uid: 'u', resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: { ports: [{ port: 80 }], ...spec },
    status: {},
  } as Service
  services.applyDefaults(service)
  return service
}

const addresses = (...clusterIPs: string[]): Partial<V1ServiceSpec> => ({ clusterIP: clusterIPs[0], clusterIPs })

describe('a service is refused for', () => {
  const cases: [what: string, spec: Partial<V1ServiceSpec>, field: string, message: RegExp][] = [
    [
      'ranges of no balancer',
      { loadBalancerSourceRanges: ['10.0.0.0/8'] },
      'spec.LoadBalancerSourceRanges',
      /may only be used when `type` is 'LoadBalancer'$/,
    ],
    [
      'a range that is none',
      { type: 'LoadBalancer', loadBalancerSourceRanges: [' 10.0.0.0/8 ', '10/8'] },
      'spec.LoadBalancerSourceRanges[1]',
      /^Invalid value: "10\/8": must be a valid CIDR value/,
    ],
    [
      'an unknown distribution',
      { trafficDistribution: 'Far' },
      'spec.trafficDistribution',
      /^Unsupported value: "Far": supported values: "PreferClose", "PreferSameZone", "PreferSameNode"$/,
    ],
    [
      'affinity without its time',
      { sessionAffinity: 'ClientIP', sessionAffinityConfig: {} },
      'spec.sessionAffinityConfig.clientIP',
      /^Required value: when session affinity type is ClientIP$/,
    ],
    ['no port', { ports: [] }, 'spec.ports', /^Required value$/],
    ['an unknown type', { type: 'Carrier' }, 'spec.type', /^Unsupported value: "Carrier": supported values: /],
    ['two ports of which one has no name', { ports: [{ port: 1, name: 'a' }, { port: 2 }] }, 'spec.ports[1].name', /^Required value$/],
    [
      'the same port twice',
      {
        ports: [
          { port: 1, name: 'a' },
          { port: 1, name: 'b' },
        ],
      },
      'spec.ports[1]',
      /^Duplicate value: /,
    ],
    ['a target of a bad name', { ports: [{ port: 1, targetPort: 'a_b' }] }, 'spec.ports[0].targetPort', /must contain only alpha-numeric/],
    [
      'a node port without the type',
      { ports: [{ port: 1, nodePort: 30000 }] },
      'spec.ports[0].nodePort',
      /may not be used when `type` is 'ClusterIP'$/,
    ],
    [
      'a headless node port',
      { type: 'NodePort', ...addresses('None') },
      'spec.clusterIPs[0]',
      /may not be set to 'None' for NodePort services$/,
    ],
    ['None among addresses', addresses('None', '10.0.0.1'), 'spec.clusterIPs', /'None' must be the first and only value$/],
    ['an address that is none', addresses('x'), 'spec.clusterIPs[0]', /must be a valid IP address/],
    [
      'addresses that disagree',
      { clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.2'] },
      'spec.clusterIPs',
      /first value must match `clusterIP`$/,
    ],
    ['two addresses of one family', addresses('10.0.0.1', '10.0.0.2'), 'spec.clusterIPs', /no more than one IP for each IP family$/],
    [
      'an address of another family',
      { ...addresses('fd00::1'), ipFamilies: ['IPv4'] },
      'spec.clusterIPs[0]',
      /expected an IPv4 value as indicated by `ipFamilies\[0\]`$/,
    ],
    ['a family named twice', { ipFamilies: ['IPv4', 'IPv4'] }, 'spec.ipFamilies[1]', /^Duplicate value: "IPv4"$/],
    ['an unknown family policy', { ipFamilyPolicy: 'Both' }, 'spec.ipFamilyPolicy', /^Unsupported value: "Both"/],
    ['an external address on the loopback', { externalIPs: ['127.0.0.1'] }, 'spec.externalIPs[0]', /may not be in the loopback range/],
    [
      'an affinity that lasts no time',
      { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 0 } } },
      'spec.sessionAffinityConfig.clientIP.timeoutSeconds',
      /must be greater than 0/,
    ],
    ['an external name that is missing', { type: 'ExternalName', ports: [] }, 'spec.externalName', /^Required value$/],
    [
      'an external name with families',
      { type: 'ExternalName', externalName: 'a.b', ipFamilies: ['IPv4'] },
      'spec.ipFamilies',
      /may not be set for ExternalName services$/,
    ],
    [
      'a health check nobody asks for',
      { healthCheckNodePort: 30000 },
      'spec.healthCheckNodePort',
      /may only be set when `type` is 'LoadBalancer'/,
    ],
    [
      'a load balancer class without one',
      { loadBalancerClass: 'x/y' },
      'spec.loadBalancerClass',
      /may only be used when `type` is 'LoadBalancer'$/,
    ],
    ['a selector that is no label', { selector: { 'a b': 'c' } }, 'spec.selector', /name part must consist of/],
  ]
  for (const [what, spec, field, message] of cases)
    test(what, () => {
      const errors = services.validate(serviceOf(spec))
      assert.deepEqual(
        errors.map((e) => e.field),
        [field],
        JSON.stringify(errors),
      )
      assert.match(errors[0]!.message, message)
    })

  for (const [what, spec] of [
    ['one port', {}],
    ['no address', addresses('None')],
    ['no address and no port', { ...addresses('None'), ports: [] }],
    ['an address of each family', { ...addresses('10.0.0.1', 'fd00::1'), ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'PreferDualStack' }],
    ['an external name', { type: 'ExternalName', externalName: 'example.com.', ports: [] }],
    [
      'one port number for two protocols',
      {
        ports: [
          { port: 53, name: 'a' },
          { port: 53, name: 'b', protocol: 'UDP' },
        ],
      },
    ],
  ] as [string, Partial<V1ServiceSpec>][])
    test(`but not for ${what}`, () => assert.deepEqual(services.validate(serviceOf(spec)), []))
})

describe('an update of a service', () => {
  const cases: [what: string, from: Partial<V1ServiceSpec>, to: Partial<V1ServiceSpec>, field?: string][] = [
    ['keeps its address', addresses('10.0.0.1'), addresses('10.0.0.2'), 'spec.clusterIPs[0]'],
    ['does not take its address away', addresses('10.0.0.1'), {}, 'spec.clusterIPs[0]'],
    ['does not give a headless one an address', addresses('None'), addresses('10.0.0.1'), 'spec.clusterIPs[0]'],
    ['may give it a second address', addresses('10.0.0.1'), addresses('10.0.0.1', 'fd00::1')],
    ['may release the second address', addresses('10.0.0.1', 'fd00::1'), { ...addresses('10.0.0.1'), ipFamilyPolicy: 'SingleStack' }],
    [
      'does not release it while it prefers two',
      { ...addresses('10.0.0.1', 'fd00::1'), ipFamilyPolicy: 'PreferDualStack' },
      { ...addresses('10.0.0.1'), ipFamilyPolicy: 'PreferDualStack' },
      'spec.ipFamilyPolicy',
    ],
    ['keeps its first family', { ipFamilies: ['IPv4'] }, { ipFamilies: ['IPv6'] }, 'spec.ipFamilies[0]'],
    ['may become an external name', addresses('10.0.0.1'), { type: 'ExternalName', externalName: 'a.b' }],
    [
      'keeps its load balancer class',
      { type: 'LoadBalancer', loadBalancerClass: 'a/b' },
      { type: 'LoadBalancer', loadBalancerClass: 'a/c' },
      'spec.loadBalancerClass',
    ],
  ]
  for (const [what, from, to, field] of cases)
    test(what, () => {
      const errors = services.validateUpdate(serviceOf(to), serviceOf(from))
      assert.deepEqual(
        errors.map((e) => e.field),
        field ? [field] : [],
      )
    })
})
