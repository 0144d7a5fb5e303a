import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import type { V1ContainerStatus, V1PodSpec, V1PodStatus } from '../generated/types.ts'
import { pods, type Pod } from '../kinds/pod.ts'

function podOf(status: V1PodStatus, spec: Partial<V1PodSpec> = {}): Pod {
  const metadata = { name: 'p', namespace: 'default', uid: 'u', resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' }
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [{ name: 'c', image: 'i' }], ...spec }, status }
}

const base = { name: 'c', image: 'i', imageID: '', ready: false, restartCount: 0 }
const ended = (exitCode: number): V1ContainerStatus => ({ ...base, state: { terminated: { exitCode } } })
const running: V1ContainerStatus = { ...base, state: { running: {} } }
const restart = (exitCode: number): [V1PodStatus, V1PodStatus] => [
  { containerStatuses: [ended(exitCode)] },
  { containerStatuses: [running] },
]
const revived = 'status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state'
const own = (container: object): Partial<V1PodSpec> => ({ restartPolicy: 'Never', containers: [{ name: 'c', image: 'i', ...container }] })
const rule = { action: 'Restart', exitCodes: { operator: 'In', values: [3] } }

const cases: [what: string, change: [from: V1PodStatus, to: V1PodStatus], spec: Partial<V1PodSpec>, ...errors: string[]][] = [
  ['restarts what is always restarted', restart(0), { restartPolicy: 'Always' }],
  ['restarts what failed', restart(1), { restartPolicy: 'OnFailure' }],
  ['restarts what succeeded', restart(0), { restartPolicy: 'OnFailure' }, revived],
  ['restarts what never is', restart(1), { restartPolicy: 'Never' }, revived],
  ['restarts a container with a policy of its own', restart(0), own({ restartPolicy: 'Always' })],
  ['restarts by a rule', restart(3), own({ restartPolicy: 'Never', restartPolicyRules: [rule] })],
  ['restarts by a rule of another code', restart(4), own({ restartPolicy: 'Never', restartPolicyRules: [rule] }), revived],
  [
    'restarts a sidecar',
    [{ initContainerStatuses: [ended(0)] }, { initContainerStatuses: [running] }],
    { restartPolicy: 'Never', initContainers: [{ name: 'c', image: 'i', restartPolicy: 'Always' }] },
  ],
  [
    'restarts an ephemeral container',
    [{ ephemeralContainerStatuses: [ended(1)] }, { ephemeralContainerStatuses: [running] }],
    { restartPolicy: 'Always' },
    'status.ephemeralContainerStatuses[0].state: Forbidden',
  ],
  ['forgets a container', [{ containerStatuses: [ended(0)] }, {}], { restartPolicy: 'Never' }],
  [
    'changes the class',
    [{ qosClass: 'Burstable' }, { qosClass: 'Guaranteed' }],
    {},
    'status.qosClass: Invalid value: "Guaranteed": field is immutable',
  ],
  ['nominates a node', [{}, { nominatedNodeName: 'n' }], {}],
  ['nominates what is no node', [{}, { nominatedNodeName: 'N' }], {}, 'status.nominatedNodeName: Invalid value: "N"'],
  [
    'nominates a node for a pod that has one',
    [{}, { nominatedNodeName: 'n' }],
    { nodeName: 'm' },
    'status.nominatedNodeName: Forbidden: may not be set on pods that are already bound to a node',
  ],
  ['keeps a nomination', [{ nominatedNodeName: 'n' }, { nominatedNodeName: 'n' }], { nodeName: 'n' }],
  [
    'has a condition of no name',
    [{}, { conditions: [{ type: 'a b', status: 'True' }] }],
    {},
    'status.conditions[0].Type: Invalid value: "a b"',
  ],
  ['has addresses of both families', [{}, { podIPs: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }] }], {}],
  [
    'has two addresses of one family',
    [{}, { podIPs: [{ ip: '10.0.0.1' }, { ip: '10.0.0.2' }] }],
    {},
    'status.podIPs: Invalid value: [{"ip":"10.0.0.1"},{"ip":"10.0.0.2"}]: may specify no more than one IP for each IP family',
  ],
  ['has an address that is none', [{}, { podIPs: [{ ip: 'x' }] }], {}, 'status.podIPs[0]: Invalid value: "x": must be a valid IP address'],
  ['has an old address that is none', [{ podIPs: [{ ip: 'x' }] }, { podIPs: [{ ip: 'x' }] }], {}],
  [
    'has host addresses that disagree',
    [{}, { hostIP: '10.0.0.1', hostIPs: [{ ip: '10.0.0.2' }] }],
    {},
    'status.hostIPs[0].ip: Invalid value: "10.0.0.2": must be equal to `hostIP`',
  ],
  [
    'tells of a claim nobody made',
    [{}, { resourceClaimStatuses: [{ name: 'a' }] }],
    {},
    'status.resourceClaimStatuses[0].name: Invalid value: "a": must match the name of an entry in `spec.resourceClaims`',
  ],
]

describe('a status of a pod that', () => {
  for (const [what, [from, to], spec, ...expected] of cases)
    test(`${what} is ${expected.length > 0 ? 'refused' : 'allowed'}`, () => {
      const shown = pods.validateStatusUpdate(podOf(to, spec), podOf(from, spec)).map((e) => `${e.field}: ${e.message}`)
      assert.equal(shown.length, expected.length, shown.join('\n'))
      for (const [i, text] of expected.entries()) assert.ok(shown[i]!.startsWith(text), `${shown[i]} is not ${text}`)
    })
})
