import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import type { Pod, Service } from '@quarterdeck/api'

import { authFor, registryOf } from '../images/registry-auth.ts'
import { expandVariables } from './expand.ts'
import { hostnameOf, kernelHostnameOf, parseResolvConf, resolvConfOf } from './name-resolution.ts'
import { serviceVariables } from './service-env.ts'

const pod = (spec: Partial<Pod['spec']> = {}): Pod =>
  ({ metadata: { name: 'p', namespace: 'shop', uid: 'u' }, spec: { containers: [], ...spec }, status: {} }) as unknown as Pod

void describe('what a container is given', () => {
  const variables = new Map([
    ['A', '1'],
    ['B', '$(A)'],
  ])
  for (const [text, expected] of [
    ['$(A)', '1'],
    ['$(B)', '$(A)'],
    ['$$(A)', '$(A)'],
    ['$(C) $A $', '$(C) $A $'],
    ['x$(A)y$(A)', 'x1y1'],
    ['$(', '$('],
  ] as const)
    void test(`${text} becomes ${expected}`, () => assert.equal(expandVariables(text, variables), expected))

  const dns = {
    address: '10.96.0.10',
    domain: 'cluster.local',
    host: parseResolvConf('nameserver 1.1.1.1\nsearch example.com\noptions timeout:1\n'),
  }
  for (const [title, spec, expected] of [
    [
      'the cluster’s names first',
      {},
      'search shop.svc.cluster.local svc.cluster.local cluster.local example.com\nnameserver 10.96.0.10\noptions ndots:5\n',
    ],
    ['the machine’s in its network', { hostNetwork: true }, 'search example.com\nnameserver 1.1.1.1\noptions timeout:1\n'],
    [
      'only its own with policy None',
      { dnsPolicy: 'None', dnsConfig: { nameservers: ['9.9.9.9'], options: [{ name: 'ndots', value: '2' }, { name: 'edns0' }] } },
      'nameserver 9.9.9.9\noptions ndots:2 edns0\n',
    ],
  ] as const)
    void test(`resolv.conf has ${title}`, () => assert.equal(resolvConfOf(pod(spec as Partial<Pod['spec']>), dns), expected))

  void test('[N18] the host name is the pod’s, whole if it asks for that, cut to what a host name may be', () => {
    assert.equal(hostnameOf({ ...pod(), metadata: { ...pod().metadata, name: `${'a'.repeat(62)}.b` } }), 'a'.repeat(62))
    assert.equal(hostnameOf(pod({ hostname: 'h' })), 'h')
    const whole = { hostname: 'h', subdomain: 's', setHostnameAsFQDN: true }
    const { namespace } = pod().metadata
    assert.equal(kernelHostnameOf(pod({ ...whole, setHostnameAsFQDN: false }), 'c.local'), 'h')
    assert.equal(kernelHostnameOf(pod({ hostname: 'h', setHostnameAsFQDN: true }), 'c.local'), 'h')
    assert.equal(kernelHostnameOf(pod(whole), 'c.local'), `h.s.${namespace}.svc.c.local`)
    assert.throws(() => kernelHostnameOf(pod({ ...whole, hostname: 'h'.repeat(60) }), 'c.local'), /is too long \(64 characters is the max/)
  })

  void test('variables name the services of its namespace, and the API server always', () => {
    const service = (namespace: string, name: string, clusterIP: string) =>
      ({ metadata: { namespace, name }, spec: { clusterIP, ports: [{ name: 'http-x', port: 80, protocol: 'TCP' }] } }) as unknown as Service
    const services = [
      service('shop', 'my-web', '10.96.0.5'),
      service('other', 'x', '10.96.0.6'),
      service('default', 'kubernetes', '10.96.0.1'),
      service('shop', 'headless', 'None'),
    ]
    const all = serviceVariables(services, { namespace: 'shop', enableLinks: true })
    assert.equal(all.get('MY_WEB_SERVICE_HOST'), '10.96.0.5')
    assert.equal(all.get('MY_WEB_SERVICE_PORT_HTTP_X'), '80')
    assert.equal(all.get('MY_WEB_PORT'), 'tcp://10.96.0.5:80')
    assert.equal(all.get('MY_WEB_PORT_80_TCP_ADDR'), '10.96.0.5')
    assert.equal(all.get('KUBERNETES_SERVICE_HOST'), '10.96.0.1')
    assert.deepEqual(
      [...all.keys()].filter((name) => name.startsWith('X_') || name.startsWith('HEADLESS')),
      [],
    )
    assert.equal(serviceVariables(services, { namespace: 'shop', enableLinks: false }).has('MY_WEB_SERVICE_HOST'), false)
  })

  void test('a pull takes the credentials of its registry', () => {
    assert.equal(registryOf('nginx'), 'index.docker.io')
    assert.equal(registryOf('library/nginx'), 'index.docker.io')
    assert.equal(registryOf('localhost/x'), 'localhost')
    assert.equal(registryOf('r.example.com:5000/a/b:1'), 'r.example.com:5000')
    const auths = {
      'https://index.docker.io/v1/': { auth: Buffer.from('u:p:q').toString('base64') },
      'r.example.com/team': { username: 'a', password: 'b' },
    }
    const secret = { data: { '.dockerconfigjson': Buffer.from(JSON.stringify({ auths })).toString('base64') } } as never
    assert.deepEqual(authFor('nginx', [secret]), { username: 'u', password: 'p:q', serveraddress: 'https://index.docker.io/v1/' })
    assert.equal(authFor('r.example.com/team/x', [secret])?.username, 'a')
    assert.equal(authFor('r.example.com/other/x', [secret]), undefined)
  })
})
