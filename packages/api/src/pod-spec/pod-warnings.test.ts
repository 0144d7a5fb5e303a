import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import type { V1PodSpec } from '../generated/types.ts'
import { deployments, type Deployment } from '../kinds/deployment.ts'
import { endpointSlices, type EndpointSlice } from '../kinds/endpoint-slice.ts'
import { nodes, type Node } from '../kinds/node.ts'
import { pods, type Pod } from '../kinds/pod.ts'
import { services, type Service } from '../kinds/service.ts'

const meta = { name: 'a', namespace: 'default', uid: 'u', resourceVersion: '1', creationTimestamp: '' }
const container = { name: 'c', image: 'i' }
type Meta = Partial<Pod['metadata']>

const podOf = (spec: Partial<V1PodSpec>, metadata: Meta = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { ...meta, ...metadata },
  spec: { containers: [container], ...spec },
  status: {},
})

describe('[WA1] a new pod is warned of', () => {
  const selector = { matchLabels: { a: 'b' } }
  const cases: [what: string, spec: Partial<V1PodSpec>, metadata: Meta, ...warnings: string[]][] = [
    ['nothing', {}, {}],
    [
      'a name that is no label',
      {},
      { name: 'a.b' },
      "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]",
    ],
    [
      'a node label that was replaced',
      { nodeSelector: { 'beta.kubernetes.io/os': 'linux', x: 'y' } },
      {},
      'spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead',
    ],
    [
      'one in an affinity, and a value that no label has',
      {
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchExpressions: [{ key: 'beta.kubernetes.io/arch', operator: 'Exists' }] }],
            },
            preferredDuringSchedulingIgnoredDuringExecution: [
              { weight: 1, preference: { matchExpressions: [{ key: 'k', operator: 'In', values: ['ok', '-a'] }] } },
            ],
          },
        },
      },
      {},
      'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].key: beta.kubernetes.io/arch is deprecated since v1.14; use "kubernetes.io/arch" instead',
      "spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference.matchExpressions[0].values[1]: -a is invalid, a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
    ],
    [
      'selectors that select nothing',
      {
        topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'z', whenUnsatisfiable: 'DoNotSchedule' }],
        affinity: {
          podAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'z' }, { topologyKey: 'z', labelSelector: selector }],
          },
          podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: { topologyKey: 'z' } }] },
        },
      },
      {},
      'spec.topologySpreadConstraints[0].labelSelector: a null labelSelector results in matching no pod',
      'spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector: a null labelSelector results in matching no pod',
      'spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm.labelSelector: a null labelSelector results in matching no pod',
    ],
    [
      'fractions of bytes',
      { containers: [{ ...container, resources: { limits: { memory: '1500m', cpu: '1500m' }, requests: { 'ephemeral-storage': '1m' } } }] },
      {},
      'spec.containers[0].resources.limits[memory]: fractional byte value "1500m" is invalid, must be an integer',
      'spec.containers[0].resources.requests[ephemeral-storage]: fractional byte value "1m" is invalid, must be an integer',
    ],
    [
      'variables that hide others, though not those that build on them',
      {
        containers: [
          {
            ...container,
            env: [
              { name: 'A', value: '1' },
              { name: 'A', value: '$(A)2' },
              { name: 'A', value: '3' },
              { name: 'A', value: '$(A)' },
            ],
          },
        ],
      },
      {},
      'spec.containers[0].env[2]: hides previous definition of "A", which may be dropped when using apply',
      'spec.containers[0].env[3]: hides previous definition of "A", which may be dropped when using apply',
    ],
    [
      'ports that are named or numbered twice',
      {
        containers: [
          { ...container, ports: [{ name: 'p', containerPort: 80, protocol: 'TCP' }] },
          {
            ...container,
            name: 'd',
            ports: [
              { name: 'p', containerPort: 80, protocol: 'TCP' },
              { containerPort: 80, protocol: 'TCP', hostPort: 8080 },
              { containerPort: 80, protocol: 'TCP', hostPort: 8080, hostIP: '10.0.0.1' },
            ],
          },
        ],
      },
      {},
      'spec.containers[1].ports[0]: duplicate port definition with spec.containers[0].ports[0]',
      'spec.containers[1].ports[1]: overlapping port definition with spec.containers[0].ports[0]',
      'spec.containers[1].ports[1]: overlapping port definition with spec.containers[1].ports[0]',
      'spec.containers[1].ports[2]: overlapping port definition with spec.containers[0].ports[0]',
      'spec.containers[1].ports[2]: overlapping port definition with spec.containers[1].ports[0]',
      'spec.containers[1].ports[2]: dangerously ambiguous port definition with spec.containers[1].ports[1]',
      'spec.containers[1].ports[0]: duplicate port name "p" with spec.containers[0].ports[0], services and probes that select ports by name will use spec.containers[0].ports[0]',
    ],
    [
      'files of volumes in each other’s place',
      {
        volumes: [
          {
            name: 'v',
            configMap: {
              name: 'm',
              items: [
                { key: 'a', path: 'x' },
                { key: 'b', path: 'x/y' },
              ],
            },
          },
          {
            name: 'w',
            projected: {
              sources: [{ secret: { name: 's', items: [{ key: 'a', path: 'token' }] } }, { serviceAccountToken: { path: 'token' } }, {}],
            },
          },
        ],
      },
      {},
      'volume "v" (ConfigMap "m"): overlapping paths: "x/y" with "x"',
      'volume "w" (Projected) has no sources provided',
      'volume "w" (Projected): overlapping paths: "token" (ServiceAccountToken) with "token" (Secret "s")',
    ],
    [
      'volumes and annotations without effect, and what is said twice',
      {
        volumes: [{ name: 'v', gitRepo: { repository: 'r' } }],
        hostAliases: [{ ip: '10.0.0.1' }, { ip: '10.0.0.1' }],
        imagePullSecrets: [{ name: 's' }, { name: 's' }, { name: '' }],
        terminationGracePeriodSeconds: -1,
        dnsConfig: { nameservers: ['FD00::1', 'fd00::1'] },
      },
      { annotations: { 'scheduler.alpha.kubernetes.io/critical-pod': '', 'seccomp.security.alpha.kubernetes.io/pod': 'x' } },
      'metadata.annotations[scheduler.alpha.kubernetes.io/critical-pod]: non-functional in v1.16+; use the "priorityClassName" field instead',
      'metadata.annotations[seccomp.security.alpha.kubernetes.io/pod]: non-functional in v1.27+; use the "seccompProfile" field instead',
      'spec.volumes[0].gitRepo: deprecated in v1.11, and disabled by default in v1.33+',
      'spec.hostAliases[1].ip: duplicate ip "10.0.0.1"',
      'spec.imagePullSecrets[1].name: duplicate name "s"',
      'spec.imagePullSecrets[2].name: invalid empty name ""',
      'spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1',
      'spec.dnsConfig.nameservers[0]: IPv6 address "FD00::1" should be in RFC 5952 canonical format ("fd00::1")',
    ],
  ]
  for (const [what, spec, metadata, ...warnings] of cases)
    test(what, () => assert.deepEqual(pods.warnings(podOf(spec, metadata), undefined), warnings))

  test('one that changes is not', () => {
    const pod = podOf({ nodeSelector: { 'beta.kubernetes.io/os': 'linux' } })
    assert.deepEqual(pods.warnings(pod, pod), [])
  })
})

describe('[WA2] a workload is warned of', () => {
  const deploymentOf = (generation: number, name = 'a.b'): Deployment => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { ...meta, name, generation },
    spec: {
      selector: { matchLabels: { a: 'b' } },
      template: {
        metadata: { labels: { a: 'b' }, annotations: { 'container.apparmor.security.beta.kubernetes.io/c': 'x' } },
        spec: { containers: [container], nodeSelector: { 'beta.kubernetes.io/os': 'linux' } },
      },
    },
    status: {},
  })
  const ofTemplate = [
    'spec.template.spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead',
    'spec.template.metadata.annotations[container.apparmor.security.beta.kubernetes.io/c]: deprecated since v1.30; use the "appArmorProfile" field instead',
  ]

  test('its name and its template when it is new', () => {
    const [ofName, ...others] = deployments.warnings(deploymentOf(1), undefined)
    assert.match(
      ofName ?? '',
      /^metadata\.name: this is used in Pod names and hostnames, .* a DNS label is recommended: \[must not contain dots\]$/,
    )
    assert.deepEqual(others, ofTemplate)
  })

  test('its template when its spec changes, and nothing when it does not', () => {
    assert.deepEqual(deployments.warnings(deploymentOf(2), deploymentOf(1)), ofTemplate)
    assert.deepEqual(deployments.warnings(deploymentOf(2), deploymentOf(2)), [])
  })
})

describe('[WA3] a Service is warned of', () => {
  const cases: [what: string, spec: Service['spec'], ...warnings: string[]][] = [
    ['nothing', { type: 'ClusterIP', clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1'], sessionAffinity: 'None' }],
    [
      'external addresses, an external name of no use, a distribution that has a new name',
      { type: 'ClusterIP', clusterIP: '10.0.0.1', externalIPs: ['1.2.3.4'], externalName: 'x', trafficDistribution: 'PreferClose' },
      'spec.externalIPs is deprecated and may no longer be implemented in some clusters',
      'spec.externalName is ignored when spec.type is not "ExternalName"',
      'spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"',
    ],
    [
      'what a headless one ignores',
      { type: 'ClusterIP', clusterIP: 'None', loadBalancerIP: '1.2.3.4', externalIPs: ['1.2.3.4'], sessionAffinity: 'ClientIP' },
      'spec.loadBalancerIP is ignored for headless services',
      'spec.externalIPs is ignored for headless services',
      'spec.SessionAffinity is ignored for headless services',
    ],
    [
      'addresses of a mere name',
      { type: 'ExternalName', externalName: 'x.y', externalIPs: ['1.2.3.4'], sessionAffinity: 'None' },
      'spec.externalIPs is ignored when spec.type is "ExternalName"',
    ],
  ]
  for (const [what, spec, ...warnings] of cases)
    test(what, () => {
      const service: Service = { apiVersion: 'v1', kind: 'Service', metadata: meta, spec, status: {} }
      assert.deepEqual(services.warnings(service, undefined), warnings)
    })
})

test('[WA3] a slice of endpoints is warned of names, and of addresses in unusual forms', () => {
  const slice = (addressType: string, address: string, labels = {}): EndpointSlice => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { ...meta, labels },
    addressType,
    endpoints: [{ addresses: [address] }],
  })
  assert.deepEqual(endpointSlices.warnings(slice('FQDN', 'a.b'), undefined), ['spec.addressType: FQDN endpoints are deprecated'])
  assert.deepEqual(endpointSlices.warnings(slice('IPv6', 'FD00::1'), undefined), [
    'endpoints[0].addresses[0]: IPv6 address "FD00::1" should be in RFC 5952 canonical format ("fd00::1")',
  ])
  const managed = { 'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io' }
  assert.deepEqual(endpointSlices.warnings(slice('IPv6', 'FD00::1', managed), undefined), [])
})

test('[WA3] a node is warned of an externalID; its podCIDR is the first of its podCIDRs', () => {
  const { namespace: _, ...metadata } = meta
  const node: Node = { apiVersion: 'v1', kind: 'Node', metadata, spec: { externalID: 'x', podCIDR: '10.0.0.0/24' }, status: {} }
  assert.deepEqual(nodes.warnings(node, undefined), ['spec.externalID: this field is deprecated, and is unused by Kubernetes'])
  nodes.prepareForCreate(node)
  assert.deepEqual(node.spec.podCIDRs, ['10.0.0.0/24'])
})
