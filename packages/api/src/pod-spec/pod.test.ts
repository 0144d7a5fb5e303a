import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import type { V1Container, V1PodSpec, V1Volume } from '../generated/types.ts'
import { pods, type Pod } from '../kinds/pod.ts'

/** A pod as it is after defaults, with this laid over its spec. */
function podOf(spec: Partial<V1PodSpec>): Pod {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'default', uid: 'u', resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: { containers: [{ name: 'c', image: 'busybox:1' }], ...spec },
    status: {},
  } as Pod
  pods.applyDefaults(pod)
  return pod
}

const withContainer = (container: Partial<V1Container>): Partial<V1PodSpec> => ({
  containers: [{ name: 'c', image: 'busybox:1', ...container }],
})
const withVolume = (volume: Partial<V1Volume>): Partial<V1PodSpec> => ({ volumes: [{ name: 'v', ...volume }] })
const spread = { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' }
const antiAffinity = (term: object): Partial<V1PodSpec> => ({
  affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term as never] } },
})
const c0 = 'spec.containers[0]'
const v0 = 'spec.volumes[0]'

describe('a pod is refused for', () => {
  const cases: [what: string, spec: Partial<V1PodSpec>, ...errors: [field: string, message: RegExp][]][] = [
    ['no container', { containers: [] }, ['spec.containers', /^Required value$/]],
    ['a container without image', withContainer({ image: '' }), [`${c0}.image`, /^Required value$/]],
    [
      'two containers of one name',
      {
        containers: [
          { name: 'c', image: 'i' },
          { name: 'c', image: 'i' },
        ],
      },
      ['spec.containers[1].name', /^Duplicate value: "c"$/],
    ],
    ['an upper-case name', withContainer({ name: 'C' }), [`${c0}.name`, /a lowercase RFC 1123 label must consist of/]],
    [
      'an unknown restart policy',
      { restartPolicy: 'Sometimes' },
      ['spec.restartPolicy', /^Unsupported value: "Sometimes": supported values: /],
    ],
    [
      'a mount of no volume',
      withContainer({ volumeMounts: [{ name: 'x', mountPath: '/x' }] }),
      [`${c0}.volumeMounts[0].name`, /^Not found: "x"$/],
    ],
    [
      'a port above 65535',
      withContainer({ ports: [{ containerPort: 70000 }] }),
      [`${c0}.ports[0].containerPort`, /must be between 1 and 65535, inclusive$/],
    ],
    [
      'a request above its limit',
      withContainer({ resources: { limits: { cpu: '1' }, requests: { cpu: '2' } } }),
      [`${c0}.resources.requests`, /^Invalid value: "2": must be less than or equal to cpu limit of 1$/],
    ],
    [
      'a probe without handler',
      withContainer({ livenessProbe: {} }),
      [`${c0}.livenessProbe`, /^Required value: must specify a handler type$/],
    ],
    [
      'a liveness probe that must succeed twice',
      withContainer({ livenessProbe: { exec: { command: ['x'] }, successThreshold: 2 } }),
      [`${c0}.livenessProbe.successThreshold`, /must be 1$/],
    ],
    [
      'a readiness probe with a grace period',
      withContainer({ readinessProbe: { exec: { command: ['x'] }, terminationGracePeriodSeconds: 5 } }),
      [`${c0}.readinessProbe.terminationGracePeriodSeconds`, /must not be set for readinessProbes$/],
    ],
    [
      'a user id that is none',
      withContainer({ securityContext: { runAsUser: -1 } }),
      [`${c0}.securityContext.runAsUser`, /must be between 0 and 2147483647, inclusive$/],
    ],
    [
      'privilege without escalation',
      withContainer({ securityContext: { privileged: true, allowPrivilegeEscalation: false } }),
      [`${c0}.securityContext`, /cannot set `allowPrivilegeEscalation` to false and `privileged` to true$/],
    ],
    [
      'a seccomp profile of this host without its path',
      { securityContext: { seccompProfile: { type: 'Localhost' } } },
      ['spec.securityContext.seccompProfile.localhostProfile', /must be set when seccomp type is Localhost$/],
    ],
    [
      'a sysctl named twice',
      {
        securityContext: {
          sysctls: [
            { name: 'a.b', value: '1' },
            { name: 'a.b', value: '2' },
          ],
        },
      },
      ['spec.securityContext.sysctls[1].name', /^Duplicate value: "a\.b"$/],
    ],
    [
      'a resize policy of an unknown resource',
      withContainer({ resizePolicy: [{ resourceName: 'disk', restartPolicy: 'NotRequired' }] }),
      [`${c0}.resizePolicy`, /^Unsupported value: "disk": supported values: "cpu", "memory"$/],
    ],
    [
      'two sources in one volume',
      withVolume({ emptyDir: {}, hostPath: { path: '/x' } }),
      [`${v0}.hostPath`, /may not specify more than 1 volume type$/],
    ],
    ['a host path that climbs', withVolume({ hostPath: { path: '/a/../b' } }), [`${v0}.hostPath.path`, /must not contain '\.\.'$/]],
    [
      'a claim without name',
      withVolume({ persistentVolumeClaim: { claimName: '' } }),
      [`${v0}.persistentVolumeClaim.claimName`, /^Required value$/],
    ],
    ['an ephemeral volume without template', withVolume({ ephemeral: {} }), [`${v0}.ephemeral.volumeClaimTemplate`, /^Required value$/]],
    [
      'a file mode above 0777',
      withVolume({ secret: { secretName: 's', defaultMode: 0o1000 } }),
      [`${v0}.secret.defaultMode`, /between 0 and 0777/],
    ],
    [
      'a resolver policy None without settings',
      { dnsPolicy: 'None' },
      ['spec.dnsConfig', /^Required value: must provide `dnsConfig` when `dnsPolicy` is None$/],
    ],
    [
      'a nameserver that is no address',
      { dnsConfig: { nameservers: ['dns'] } },
      ['spec.dnsConfig.nameservers[0]', /must be a valid IP address/],
    ],
    [
      'four nameservers',
      { dnsConfig: { nameservers: ['1.1.1.1', '1.1.1.2', '1.1.1.3', '1.1.1.4'] } },
      ['spec.dnsConfig.nameservers', /must not have more than 3 nameservers$/],
    ],
    [
      'a host alias of no address',
      { hostAliases: [{ ip: 'x', hostnames: ['a'] }] },
      ['spec.hostAliases[0].ip', /must be a valid IP address/],
    ],
    [
      'an unknown operating system',
      { os: { name: 'plan9' } },
      ['spec.os', /^Unsupported value: "plan9": supported values: "linux", "windows"$/],
    ],
    [
      'a skew of nothing',
      { topologySpreadConstraints: [{ ...spread, maxSkew: 0 }] },
      ['spec.topologySpreadConstraints[0].maxSkew', /must be greater than 0$/],
    ],
    [
      'the same spread twice',
      { topologySpreadConstraints: [spread, spread] },
      ['spec.topologySpreadConstraints[1].{topologyKey, whenUnsatisfiable}', /^Duplicate value: "\{zone, DoNotSchedule\}"$/],
    ],
    [
      'minDomains of a soft spread',
      { topologySpreadConstraints: [{ ...spread, whenUnsatisfiable: 'ScheduleAnyway', minDomains: 2 }] },
      ['spec.topologySpreadConstraints[0].minDomains', /can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ScheduleAnyway$/],
    ],
    [
      'an affinity term without topology',
      antiAffinity({ labelSelector: { matchLabels: { a: 'b' } } }),
      ['spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey', /^Required value: can not be empty$/],
      ['spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey', /name part must be non-empty/],
      ['spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey', /name part must consist of/],
    ],
    [
      'overhead of an unknown resource',
      { overhead: { soul: '1' } },
      ['spec.overhead.limits[soul]', /must be a standard resource type or fully qualified$/],
      ['spec.overhead.limits[soul]', /must be a standard resource for containers$/],
    ],
    [
      'a toleration of everything by value',
      { tolerations: [{ operator: 'Equal' }] },
      ['spec.tolerations[0].operator', /operator must be Exists when `key` is empty/],
    ],
    [
      'a toleration that exists and has a value',
      { tolerations: [{ key: 'a', operator: 'Exists', value: 'b' }] },
      ['spec.tolerations[0].operator', /^Invalid value: "b": value must be empty when `operator` is 'Exists'$/],
    ],
  ]
  for (const [what, spec, ...expected] of cases)
    test(what, () => {
      const errors = pods.validate(podOf(spec))
      assert.deepEqual(
        errors.map((e) => e.field),
        expected.map(([field]) => field),
        JSON.stringify(errors),
      )
      for (const [i, [, message]] of expected.entries()) assert.match(errors[i]!.message, message)
    })

  for (const [what, spec] of [
    ['nothing', {}],
    ['a negative grace period', { terminationGracePeriodSeconds: -1 }],
    ['a pull secret without name', { imagePullSecrets: [{}] }],
    [
      'resolver settings with underscores and the root',
      { dnsConfig: { searches: ['a_b.example.', '.'], options: [{ name: 'ndots', value: '2' }] } },
    ],
    ['spreads of different actions', { topologySpreadConstraints: [spread, { ...spread, whenUnsatisfiable: 'ScheduleAnyway' }] }],
  ] as [string, Partial<V1PodSpec>][])
    test(`but not for ${what}`, () => assert.deepEqual(pods.validate(podOf(spec)), []))
})

describe('an update of a pod', () => {
  const cases: [what: string, from: Partial<V1PodSpec>, to: Partial<V1PodSpec>, field?: string][] = [
    ['may change an image', {}, withContainer({ image: 'busybox:2' })],
    ['may shorten its deadline', { activeDeadlineSeconds: 9 }, { activeDeadlineSeconds: 5 }],
    ['may not lengthen its deadline', { activeDeadlineSeconds: 5 }, { activeDeadlineSeconds: 9 }, 'spec.activeDeadlineSeconds'],
    ['may add a toleration', {}, { tolerations: [{ key: 'a', operator: 'Exists' }] }],
    ['may not take a toleration away', { tolerations: [{ key: 'a', operator: 'Exists' }] }, {}, 'spec.tolerations'],
    ['may open a gate', { schedulingGates: [{ name: 'g' }] }, {}],
    ['may not add a gate', {}, { schedulingGates: [{ name: 'g' }] }, 'spec.schedulingGates[0].name'],
    ['may not change its command', {}, withContainer({ command: ['x'] }), 'spec'],
    ['may not change its grace period', {}, { terminationGracePeriodSeconds: 5 }, 'spec'],
    ['may set a negative grace period to 1', { terminationGracePeriodSeconds: -1 }, { terminationGracePeriodSeconds: 1 }],
    [
      'may not add a container',
      {},
      {
        containers: [
          { name: 'c', image: 'busybox:1' },
          { name: 'd', image: 'i' },
        ],
      },
      'spec.containers',
    ],
  ]
  for (const [what, from, to, field] of cases)
    test(what, () => {
      const errors = pods.validateUpdate(podOf(to), podOf(from))
      assert.deepEqual(
        errors.map((e) => e.field),
        field ? [field] : [],
      )
    })
})

describe('the grace period of a pod', () => {
  const cases: [what: string, pod: Pod, requested: number | undefined, seconds: number][] = [
    ['on no node is none', podOf({}), 60, 0],
    ['that has ended is none', { ...podOf({ nodeName: 'n' }), status: { phase: 'Failed' } }, 60, 0],
    ['is its own', podOf({ nodeName: 'n', terminationGracePeriodSeconds: 7 }), undefined, 7],
    ['is the one asked for', podOf({ nodeName: 'n', terminationGracePeriodSeconds: 7 }), 3, 3],
    ['that is negative is a second', podOf({ nodeName: 'n', terminationGracePeriodSeconds: -1 }), undefined, 1],
  ]
  for (const [what, pod, requested, seconds] of cases) test(what, () => assert.equal(pods.gracePeriodSeconds!(pod, requested), seconds))
})

describe('defaults of a pod', () => {
  test('are those of Kubernetes', () => {
    const pod = podOf({
      hostNetwork: true,
      serviceAccountName: 'bot',
      containers: [
        {
          name: 'c',
          image: 'busybox',
          ports: [{ containerPort: 80 }],
          resources: { limits: { cpu: '1' } },
          livenessProbe: { httpGet: { port: 80 } },
          env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
        },
      ],
      volumes: [{ name: 'e' }, { name: 's', secret: { secretName: 's' } }],
    })
    const { containers, volumes, ...rest } = pod.spec
    assert.deepEqual(rest, {
      dnsPolicy: 'ClusterFirst',
      enableServiceLinks: true,
      hostNetwork: true,
      restartPolicy: 'Always',
      schedulerName: 'default-scheduler',
      securityContext: {},
      serviceAccount: 'bot',
      serviceAccountName: 'bot',
      terminationGracePeriodSeconds: 30,
    })
    assert.deepEqual(volumes, [
      { name: 'e', emptyDir: {} },
      { name: 's', secret: { secretName: 's', defaultMode: 420 } },
    ])
    const [container] = containers
    assert.equal(container!.imagePullPolicy, 'Always')
    assert.deepEqual(container!.ports, [{ containerPort: 80, hostPort: 80, protocol: 'TCP' }])
    assert.deepEqual(container!.resources, { limits: { cpu: '1' }, requests: { cpu: '1' } })
    assert.deepEqual(container!.livenessProbe, {
      httpGet: { port: 80, path: '/', scheme: 'HTTP' },
      timeoutSeconds: 1,
      periodSeconds: 10,
      successThreshold: 1,
      failureThreshold: 3,
    })
    assert.equal(container!.env![0]!.valueFrom!.fieldRef!.apiVersion, 'v1')
  })

  for (const [image, policy] of [
    ['busybox', 'Always'],
    ['busybox:latest', 'Always'],
    ['busybox:1', 'IfNotPresent'],
    ['registry:5000/busybox', 'Always'],
    ['registry:5000/busybox:1', 'IfNotPresent'],
    ['busybox@sha256:0000', 'IfNotPresent'],
  ] as const)
    test(`the image ${image} is pulled ${policy}`, () => {
      assert.equal(podOf(withContainer({ image })).spec.containers[0]!.imagePullPolicy, policy)
    })
})
