import { isIPv6 } from 'node:net'

import {
  dns1123SubdomainErrors,
  duplicateField,
  forbiddenField,
  invalidField,
  qualifiedNameErrors,
  type FieldError,
} from '@quarterdeck/api-machinery'

import type { V1Container, V1ContainerStatus, V1PodSpec, V1PodStatus } from '../generated/types.ts'
import type { Pod } from '../kinds/pod.ts'
import { immutableField } from '../validation/immutable.ts'
import { validateIp } from '../validation/ip-address.ts'

/** What a kubelet may say of a pod, after what was said before (core ValidatePodStatusUpdate). */
export function validatePodStatusUpdate({ spec, status = {} }: Pod, { spec: oldSpec, status: old = {} }: Pod): FieldError[] {
  return [
    ...validateConditions(status),
    ...validateNomination(status, old, oldSpec.nodeName),
    ...validateGeneration(status.observedGeneration, 'status.observedGeneration'),
    ...(old.qosClass === undefined ? [] : immutableField(status.qosClass, old.qosClass, 'status.qosClass')),
    ...validateRestarts(status, old, oldSpec),
    ...validateClaims(status, spec),
    ...validateAddresses(status.podIPs, old.podIPs, 'status.podIPs'),
    ...validateHostAddresses(status, old),
  ]
}

function validateGeneration(generation: number | undefined, field: string): FieldError[] {
  return (generation ?? 0) < 0 ? [invalidField(field, generation, 'must be a non-negative integer')] : []
}

function validateConditions({ conditions = [] }: V1PodStatus): FieldError[] {
  return conditions.flatMap(({ type = '', observedGeneration }, i) => [
    ...validateGeneration(observedGeneration, `status.conditions[${i}].observedGeneration`),
    ...qualifiedNameErrors(type).map((m) => invalidField(`status.conditions[${i}].Type`, type, m)),
  ])
}

/** A pod that has a node needs none promised. */
function validateNomination(
  { nominatedNodeName: name = '' }: V1PodStatus,
  { nominatedNodeName: before = '' }: V1PodStatus,
  nodeName: string | undefined,
): FieldError[] {
  if (!name || name === before) return []
  const field = 'status.nominatedNodeName'
  return [
    ...dns1123SubdomainErrors(name).map((m) => invalidField(field, name, m)),
    ...(nodeName ? [forbiddenField(field, 'may not be set on pods that are already bound to a node')] : []),
  ]
}

/** A container that has ended stays so unless its pod, or it itself, is one to be started again. */
function validateRestarts(status: V1PodStatus, old: V1PodStatus, spec: V1PodSpec): FieldError[] {
  const { containers = [], initContainers = [] } = spec
  const mayRestartAll = [...containers, ...initContainers].some((c) =>
    c.restartPolicyRules?.some((r) => r.action === 'RestartAllContainers'),
  )
  const restartable = (list: readonly V1Container[]) => {
    const byName = new Map(list.toReversed().map((container) => [container.name, container]))
    return (name: string, exitCode: number) => {
      const container = byName.get(name)
      return mayRestartAll || (container !== undefined && shouldRestart(container, spec, exitCode))
    }
  }
  return [
    ...revived(status, old, 'containerStatuses', restartable(containers)),
    ...revived(status, old, 'initContainerStatuses', restartable(initContainers)),
    ...revived(status, old, 'ephemeralContainerStatuses', () => false),
  ]
}

type StatusList = 'containerStatuses' | 'initContainerStatuses' | 'ephemeralContainerStatuses'

function revived(
  status: V1PodStatus,
  old: V1PodStatus,
  list: StatusList,
  mayRestart: (name: string, exitCode: number) => boolean,
): FieldError[] {
  const byName = new Map((status[list] ?? []).toReversed().map((now) => [now.name, now]))
  return (old[list] ?? []).flatMap((before: V1ContainerStatus, i) => {
    const ended = before.state?.terminated
    const now = byName.get(before.name)
    if (!ended || !now || now.state?.terminated || mayRestart(before.name, ended.exitCode)) return []
    return [forbiddenField(`status.${list}[${i}].state`, 'may not be transitioned to non-terminated state')]
  })
}

/** Whether a container that ended with this code is to be started again (core ContainerShouldRestart). */
function shouldRestart(container: V1Container, spec: V1PodSpec, exitCode: number): boolean {
  const hasRule = container.restartPolicyRules?.some(({ exitCodes }) => {
    const isListed = exitCodes?.values?.includes(exitCode) ?? false
    return exitCodes?.operator === 'In' ? isListed : exitCodes?.operator === 'NotIn' && !isListed
  })
  if (container.restartPolicy !== undefined && hasRule) return true
  const policy = container.restartPolicy ?? spec.restartPolicy
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0)
}

function validateClaims({ resourceClaimStatuses = [] }: V1PodStatus, { resourceClaims = [] }: V1PodSpec): FieldError[] {
  const names = new Set<string>()
  const declared = new Set(resourceClaims.map((claim) => claim.name))
  return resourceClaimStatuses.flatMap(({ name, resourceClaimName }, i) => {
    const at = `status.resourceClaimStatuses[${i}]`
    const errors: FieldError[] = []
    if (!declared.has(name)) errors.push(invalidField(`${at}.name`, name, 'must match the name of an entry in `spec.resourceClaims`'))
    if (names.has(name)) errors.push(duplicateField(`${at}.name`, name))
    names.add(name)
    if (resourceClaimName === undefined) return errors
    return [
      ...errors,
      ...dns1123SubdomainErrors(resourceClaimName).map((m) => invalidField(`${at}.resourceClaimName`, resourceClaimName, m)),
    ]
  })
}

interface Address {
  ip?: string | undefined
}

/** One address of each family at most; one that was there before is taken as it is. */
function validateAddresses(addresses: readonly Address[] = [], old: readonly Address[] = [], field: string): FieldError[] {
  const before = new Set(old.map(({ ip }) => ip))
  const errors = addresses.flatMap(({ ip = '' }, i) => (before.has(ip) ? [] : validateIp(ip, `${field}[${i}]`)))
  const families = new Set(addresses.map(({ ip = '' }) => isIPv6(ip)))
  if (addresses.length > families.size) errors.push(invalidField(field, addresses, 'may specify no more than one IP for each IP family'))
  return errors
}

function validateHostAddresses({ hostIP, hostIPs }: V1PodStatus, { hostIPs: old }: V1PodStatus): FieldError[] {
  const first = hostIPs?.[0]?.ip ?? ''
  const isAligned = !hostIPs?.length || first === (hostIP ?? '')
  return [
    ...(isAligned ? [] : [invalidField('status.hostIPs[0].ip', first, 'must be equal to `hostIP`')]),
    ...validateAddresses(hostIPs, old, 'status.hostIPs'),
  ]
}
