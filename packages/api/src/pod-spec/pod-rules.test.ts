import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import type { V1Container, V1EphemeralContainer, V1PodSpec } from '../generated/types.ts'
import { pods, type Pod } from '../kinds/pod.ts'

/** A pod as it is after defaults, with this laid over its spec. */
function podOf(spec: Partial<V1PodSpec>): Pod {
  const metadata = { name: 'p', namespace: 'default', uid: 'u', resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' }
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [{ name: 'c', image: 'i' }], ...spec }, status: {} } as Pod
  pods.applyDefaults(pod)
  return pod
}

type Case = [what: string, spec: Partial<V1PodSpec>, ...errors: string[]]

const withContainer = (container: Partial<V1Container>): Partial<V1PodSpec> => ({ containers: [{ name: 'c', image: 'i', ...container }] })
const withInit = (container: Partial<V1Container>): Partial<V1PodSpec> => ({ initContainers: [{ name: 'd', image: 'i', ...container }] })
const debug = (container: Partial<V1EphemeralContainer>): Partial<V1PodSpec> => ({
  ephemeralContainers: [{ name: 'e', image: 'i', ...container }],
})
const sleep = (seconds: number): Partial<V1Container> => ({ lifecycle: { preStop: { sleep: { seconds } } } })
const c0 = 'spec.containers[0]'
const windows = { os: { name: 'windows' } }

const groups: Record<string, Case[]> = {
  'the life of a container': [
    ['a sleep within the grace period', withContainer(sleep(30))],
    [
      'a sleep beyond the grace period',
      withContainer(sleep(31)),
      `${c0}.lifecycle.preStop.sleep: Invalid value: 31: must be non-negative and less than terminationGracePeriodSeconds (30)`,
    ],
    ['a negative sleep', withContainer(sleep(-1)), `${c0}.lifecycle.preStop.sleep: Invalid value: -1: must be non-negative`],
    [
      'a stop signal for no system',
      withContainer({ lifecycle: { stopSignal: 'SIGTERM' } }),
      `${c0}.lifecycle.stopSignal: Forbidden: may not be set for containers with empty \`spec.os.name\``,
    ],
    ['a stop signal of its system', { ...withContainer({ lifecycle: { stopSignal: 'SIGRTMIN+3' } }), os: { name: 'linux' } }],
    [
      'a stop signal of another system',
      { ...withContainer({ lifecycle: { stopSignal: 'SIGHUP' } }), ...windows },
      `${c0}.lifecycle.stopSignal: Unsupported value: "SIGHUP": supported values: "SIGKILL", "SIGTERM"`,
    ],
    [
      'a gRPC probe of no port',
      withContainer({ livenessProbe: { grpc: { port: 0 } } }),
      `${c0}.livenessProbe.grpc.port: Invalid value: 0: must be between 1 and 65535, inclusive`,
    ],
    [
      'rules without a policy',
      withContainer({ restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [1] } }] }),
      `${c0}.restartPolicy: Required value: must specify restartPolicy when restart rules are used`,
    ],
    [
      'rules that say nothing',
      withContainer({ restartPolicy: 'Never', restartPolicyRules: [{ action: 'Jump' }] }),
      `${c0}.restartPolicyRules[0].action: Unsupported value: "Jump": supported values: "Restart", "RestartAllContainers"`,
      `${c0}.restartPolicyRules[0].exitCodes: Required value: must be specified`,
    ],
    ['an unknown policy', withContainer({ restartPolicy: 'Maybe' }), `${c0}.restartPolicy: Unsupported value: "Maybe"`],
    ['an init container that runs once', withInit({ restartPolicy: 'Never' })],
    [
      'an init container that is probed',
      withInit({ readinessProbe: { exec: { command: ['x'] } } }),
      'spec.initContainers[0].readinessProbe: Forbidden: may not be set for init containers without restartPolicy=Always',
    ],
  ],
  'what is shared with the host': [
    [
      'host users forbidden, host processes shared',
      { hostUsers: false, hostPID: true, hostIPC: true, hostNetwork: true },
      'spec.hostNetwork: Forbidden: when `hostUsers` is false',
      'spec.HostPID: Forbidden',
      'spec.HostIPC: Forbidden',
    ],
    [
      'processes of host and pod shared at once',
      { hostPID: true, shareProcessNamespace: true },
      'spec.securityContext.shareProcessNamespace: Invalid value: true: ShareProcessNamespace and HostPID cannot both be enabled',
    ],
    [
      'a parameter of the host network',
      { hostNetwork: true, securityContext: { sysctls: [{ name: 'net.core.somaxconn', value: '1' }] } },
      `spec.securityContext.sysctls[0].name: Invalid value: "net.core.somaxconn": may not be specified when 'hostNetwork' is true`,
    ],
    [
      'a hostname of its own and the full one',
      { hostnameOverride: 'a', setHostnameAsFQDN: true },
      'spec.hostnameOverride: Forbidden: may not be specified when setHostnameAsFQDN is true',
    ],
    ['a hostname that is too long', { hostnameOverride: 'a'.repeat(65) }, 'spec.hostnameOverride: Too long: may not be more than 64 bytes'],
    [
      'an unmasked /proc of the host users',
      withContainer({ securityContext: { procMount: 'Unmasked' } }),
      `${c0}.securityContext.procMount: Invalid value: "Unmasked": \`hostUsers\` must be false to use \`Unmasked\``,
    ],
    ['an unmasked /proc of its own users', { hostUsers: false, ...withContainer({ securityContext: { procMount: 'Unmasked' } }) }],
  ],
  'security profiles': [
    [
      'a seccomp profile above its directory',
      { securityContext: { seccompProfile: { type: 'Localhost', localhostProfile: '../x' } } },
      'spec.securityContext.seccompProfile.localhostProfile: Invalid value: "../x": must not contain \'..\'',
    ],
    [
      'an AppArmor profile without name',
      { securityContext: { appArmorProfile: { type: 'Localhost' } } },
      'spec.securityContext.appArmorProfile.localhostProfile: Required value: must be set when AppArmor type is Localhost',
    ],
    [
      'an AppArmor profile with padding',
      { securityContext: { appArmorProfile: { type: 'Localhost', localhostProfile: ' a' } } },
      'spec.securityContext.appArmorProfile.localhostProfile: Invalid value: " a": must not be padded with whitespace',
    ],
    [
      'a policy for groups that is unknown',
      { securityContext: { supplementalGroupsPolicy: 'All' } },
      'spec.securityContext.supplementalGroupsPolicy: Unsupported value: "All": supported values: "Merge", "Strict"',
    ],
    [
      'a policy for labels that is off',
      { securityContext: { seLinuxChangePolicy: 'MountOption' } },
      'spec.securityContext.seLinuxChangePolicy: Unsupported value: "MountOption": supported values: "Recursive"',
    ],
    [
      'a Windows user of two domains',
      { securityContext: { windowsOptions: { runAsUserName: 'a\\b\\c' } } },
      'spec.securityContext.windowsOptions.runAsUserName: Invalid value: "a\\\\b\\\\c": runAsUserName cannot contain more than one backslash',
    ],
    [
      'processes of a Windows host in a network of their own',
      { securityContext: { windowsOptions: { hostProcess: true } } },
      'spec.hostNetwork: Invalid value: false: hostNetwork must be true if pod contains any hostProcess containers',
    ],
    [
      'Linux means on Windows',
      { ...windows, hostPID: true, securityContext: { runAsUser: 1 }, ...withContainer({ securityContext: { privileged: true } }) },
      'spec.securityContext.runAsUser: Forbidden: cannot be set for a windows pod',
      'spec.hostPID: Forbidden',
      `${c0}.securityContext.privileged: Forbidden: cannot be set for a windows pod`,
    ],
    [
      'Windows means on Linux',
      { os: { name: 'linux' }, securityContext: { windowsOptions: {} } },
      'spec.securityContext.windowsOptions: Forbidden: windows options cannot be set for a linux pod',
    ],
  ],
  'what a container refers to': [
    [
      'a claim of no source',
      { resourceClaims: [{ name: 'a' }] },
      'spec.resourceClaims[0]: Invalid value: {"name":"a"}: must specify one of: `resourceClaimName`, `resourceClaimTemplateName`',
    ],
    [
      'a claim twice',
      {
        resourceClaims: [
          { name: 'a', resourceClaimName: 'x' },
          { name: 'a', resourceClaimName: 'y' },
        ],
      },
      'spec.resourceClaims[1].name: Duplicate value: "a"',
    ],
    [
      'a claim nobody declared',
      withContainer({ resources: { claims: [{ name: 'a' }] } }),
      `${c0}.resources.claims[0]: Not found: "a": must be one of the names in pod.spec.resourceClaims which is empty`,
    ],
    [
      'a claim used whole and in part',
      {
        resourceClaims: [{ name: 'a', resourceClaimName: 'x' }],
        ...withContainer({ resources: { claims: [{ name: 'a', request: 'r' }, { name: 'a' }] } }),
      },
      `${c0}.resources.claims[1]: Duplicate value: "a"`,
    ],
    [
      'a field that is none',
      withContainer({ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'spec.soul' } } }] }),
      `${c0}.env[0].valueFrom.fieldRef.fieldPath: Invalid value: "spec.soul": error converting fieldPath: field label not supported: spec.soul`,
    ],
    [
      'a field environments do not offer',
      withContainer({ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'status.phase' } } }] }),
      `${c0}.env[0].valueFrom.fieldRef.fieldPath: Unsupported value: "status.phase"`,
    ],
    [
      'a resource in odd parts',
      withContainer({ env: [{ name: 'A', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '2' } } }] }),
      `${c0}.env[0].valueFrom.resourceFieldRef.divisor: Invalid value: "limits.cpu": only divisor's values 1m and 1 are supported with the cpu resource`,
    ],
    [
      'variables of a file on no volume',
      withContainer({ env: [{ name: 'A', valueFrom: { fileKeyRef: { key: 'A', volumeName: 'v', path: 'f' } } }] }),
      `${c0}.env[0].valueFrom.fileKeyRef.volumeName: Not found: "v"`,
    ],
    [
      'a device of a directory',
      { volumes: [{ name: 'v', emptyDir: {} }], ...withContainer({ volumeDevices: [{ name: 'v', devicePath: '/d' }] }) },
      `${c0}.volumeDevices[0].name: Invalid value: "v": can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode`,
    ],
    [
      'a mount that reaches the host without privilege',
      {
        volumes: [{ name: 'v', emptyDir: {} }],
        ...withContainer({ volumeMounts: [{ name: 'v', mountPath: '/v', mountPropagation: 'Bidirectional' }] }),
      },
      `${c0}.volumeMounts.mountPropagation: Forbidden: Bidirectional mount propagation is available only to privileged containers`,
    ],
    [
      'half a device, and one of no domain of its own',
      withContainer({
        resources: {
          limits: { 'example.com/gpu': '500m', 'requests.example.com/gpu': '1' },
          requests: { 'example.com/gpu': '500m', 'requests.example.com/gpu': '1' },
        },
      }),
      `${c0}.resources.limits[example.com/gpu]: Invalid value: "500m": must be an integer`,
      `${c0}.resources.limits[requests.example.com/gpu]: Invalid value: "requests.example.com/gpu": doesn't follow extended resource name standard`,
      `${c0}.resources.requests[example.com/gpu]: Invalid value: "500m": must be an integer`,
      `${c0}.resources.requests[requests.example.com/gpu]: Invalid value: "requests.example.com/gpu": doesn't follow extended resource name standard`,
    ],
    [
      'huge pages alone',
      withContainer({ resources: { limits: { 'hugepages-2Mi': '2Mi' } } }),
      `${c0}.resources: Forbidden: HugePages require cpu or memory`,
    ],
    [
      'a container with more than its pod',
      { resources: { limits: { cpu: '1' } }, ...withContainer({ resources: { limits: { cpu: '2' } } }) },
      'spec.resources.containers[0][cpu].limits: Invalid value: "2": must be less than or equal to pod limits of 1',
    ],
  ],
  'an ephemeral container': [
    ['a plain one', debug({ targetContainerName: 'c' }), 'spec.ephemeralContainers: Forbidden: cannot be set on create'],
    [
      'one with ports, of no target',
      debug({ targetContainerName: 'x', ports: [{ containerPort: 1 }] }),
      'spec.ephemeralContainers[0].targetContainerName: Not found: "x"',
      'spec.ephemeralContainers[0].ports: Forbidden: cannot be set for an Ephemeral Container',
      'spec.ephemeralContainers: Forbidden: cannot be set on create',
    ],
    [
      'one named as another',
      debug({ name: 'c' }),
      'spec.ephemeralContainers[0].name: Duplicate value: "c"',
      'spec.ephemeralContainers: Forbidden',
    ],
  ],
  scheduling: [
    [
      'a gated pod on a node',
      { nodeName: 'n', schedulingGates: [{ name: 'g' }] },
      'spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared',
    ],
    ['the same gate twice', { schedulingGates: [{ name: 'g' }, { name: 'g' }] }, 'spec.schedulingGates[1]: Duplicate value: "g"'],
    [
      'an unknown preemption',
      { preemptionPolicy: 'Always' },
      'spec.preemptionPolicy: Unsupported value: "Always": supported values: "PreemptLowerPriority", "Never"',
    ],
    ['a gate of no condition', { readinessGates: [{ conditionType: 'a/b/c' }] }, 'spec.readinessGates[0].conditionType: Invalid value'],
  ],
}

for (const [group, cases] of Object.entries(groups))
  describe(`of ${group},`, () => {
    for (const [what, spec, ...expected] of cases)
      test(`${what} is ${expected.length > 0 ? 'refused' : 'allowed'}`, () => {
        const pod = podOf(spec)
        const shown = [...pods.validate(pod), ...pods.validateCreate(pod)].map((e) => `${e.field}: ${e.message}`)
        assert.equal(shown.length, expected.length, shown.join('\n'))
        for (const [i, text] of expected.entries()) assert.ok(shown[i]!.startsWith(text), `${shown[i]} is not ${text}`)
      })
  })

test('an update of a pod may not add an ephemeral container', () => {
  const errors = pods.validateUpdate(podOf(debug({})), podOf({}))
  assert.deepEqual(
    errors.map((e) => [e.field, e.reason]),
    [['spec', 'FieldValueForbidden']],
  )
})
