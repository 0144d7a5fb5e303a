import {
  dns1123LabelErrors,
  duplicateField,
  forbiddenField,
  invalidField,
  notFoundField,
  notSupportedField,
  portNameErrors,
  portNumberErrors,
  requiredField,
  type FieldError,
} from '@quarterdeck/api-machinery'

import type { V1Container, V1ContainerPort, V1EphemeralContainer, V1PodSpec } from '../generated/types.ts'
import { validateEnv, validateEnvFrom } from './validate-env.ts'
import { validateLifecycle, validateProbe } from './validate-handlers.ts'
import { validateDevices, validateMounts } from './validate-mounts.ts'
import { validateClaimUses } from './validate-resource-claims.ts'
import { validateResizePolicy, validateResources } from './validate-resources.ts'
import { validateContainerRestart } from './validate-restart-rules.ts'
import { validateSecurityContext } from './validate-security.ts'

const policies = {
  imagePullPolicy: ['Always', 'IfNotPresent', 'Never'],
  terminationMessagePolicy: ['File', 'FallbackToLogsOnError'],
}
const notForEphemeral = 'cannot be set for an Ephemeral Container'
const notOfEphemeral = [
  'ports',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
  'resizePolicy',
  'restartPolicy',
  'restartPolicyRules',
] as const

/** Everything about the containers of a pod spec, of whatever sort. */
export function validateContainers(spec: V1PodSpec, field: string): FieldError[] {
  const errors: FieldError[] = []
  const names = new Set<string>()
  if (!spec.containers?.length) errors.push(requiredField(`${field}.containers`))
  for (const { container, path } of [
    ...(spec.containers ?? []).map((c, i) => ({ container: c, path: `${field}.containers[${i}]` })),
    ...(spec.initContainers ?? []).map((c, i) => ({ container: c, path: `${field}.initContainers[${i}]` })),
  ]) {
    const isInit = path.startsWith(`${field}.initContainers`)
    errors.push(
      ...validateContainer(container, spec, path),
      ...(isInit ? validateInit(container, spec, path) : validateRunning(container, spec, path)),
    )
    errors.push(...validateContainerRestart(container, path))
    if (!container.name) continue
    if (names.has(container.name)) errors.push(duplicateField(`${path}.name`, container.name))
    names.add(container.name)
  }
  return [...errors, ...hostPortConflicts(spec, field), ...validateEphemeralContainers(spec, names, field)]
}

function validateInit(container: V1Container, spec: V1PodSpec, path: string): FieldError[] {
  if (container.restartPolicy === 'Always') return validateRunning(container, spec, path)
  const errors: FieldError[] = []
  for (const name of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
    if (container[name]) errors.push(forbiddenField(`${path}.${name}`, 'may not be set for init containers without restartPolicy=Always'))
  }
  for (const [i, { restartPolicy }] of (container.resizePolicy ?? []).entries()) {
    if (restartPolicy === 'RestartContainer')
      errors.push(
        invalidField(
          `${path}.resizePolicy[${i}].restartPolicy`,
          restartPolicy,
          "must not be set to 'RestartContainer' for non-sidecar initContainers",
        ),
      )
  }
  return errors
}

function validateRunning(container: V1Container, spec: V1PodSpec, path: string): FieldError[] {
  const errors = validateLifecycle(container.lifecycle, spec, `${path}.lifecycle`)
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe'] as const)
    errors.push(...validateProbe(container[name], `${path}.${name}`, { mustSucceedOnce: name !== 'readinessProbe' }))
  return errors
}

/** What init, regular and ephemeral containers have in common. */
function validateContainer(container: V1Container | V1EphemeralContainer, spec: V1PodSpec, path: string): FieldError[] {
  const errors: FieldError[] = []
  const { volumes = [] } = spec
  if (!container.name) errors.push(requiredField(`${path}.name`))
  else errors.push(...dns1123LabelErrors(container.name).map((m) => invalidField(`${path}.name`, container.name, m)))
  if (!container.image) errors.push(requiredField(`${path}.image`))
  for (const [name, allowed] of Object.entries(policies) as [keyof typeof policies, readonly string[]][]) {
    const value = container[name]
    if (value && !allowed.includes(value)) errors.push(notSupportedField(`${path}.${name}`, value, allowed))
  }
  return [
    ...errors,
    ...validatePorts(container.ports ?? [], `${path}.ports`),
    ...validateEnv(container.env ?? [], volumes, `${path}.env`),
    ...validateEnvFrom(container, `${path}.envFrom`),
    ...validateMounts(container, volumes, `${path}.volumeMounts`),
    ...validateDevices(container, volumes, `${path}.volumeDevices`),
    ...validateResources(container.resources, `${path}.resources`),
    ...validateClaimUses(container.resources?.claims, spec.resourceClaims, `${path}.resources.claims`),
    ...validateResizePolicy(container.resizePolicy, spec.restartPolicy, `${path}.resizePolicy`),
    ...validateSecurityContext(container.securityContext, `${path}.securityContext`, { hostUsers: spec.hostUsers !== false }),
  ]
}

/** Containers added to look into a running pod: they run once and hold nothing. */
function validateEphemeralContainers(
  { ephemeralContainers = [], ...spec }: V1PodSpec,
  others: ReadonlySet<string>,
  field: string,
): FieldError[] {
  const names = new Set(others)
  return ephemeralContainers.flatMap((container, i) => {
    const path = `${field}.ephemeralContainers[${i}]`
    const { name, targetContainerName, resources } = container
    const errors = validateContainer(container, spec, path)
    if (names.has(name)) errors.push(duplicateField(`${path}.name`, name))
    names.add(name)
    if (targetContainerName && !others.has(targetContainerName))
      errors.push(notFoundField(`${path}.targetContainerName`, targetContainerName))
    const given = notOfEphemeral.filter((key) => container[key] !== undefined) as string[]
    if (resources && Object.keys(resources).length > 0) given.push('resources')
    errors.push(...given.map((key) => forbiddenField(`${path}.${key}`, notForEphemeral)))
    for (const [j, mount] of (container.volumeMounts ?? []).entries())
      for (const key of ['subPath', 'subPathExpr'] as const)
        if (mount[key]) errors.push(forbiddenField(`${path}.volumeMounts[${j}].${key}`, notForEphemeral))
    return errors
  })
}

function validatePorts(ports: readonly V1ContainerPort[], path: string): FieldError[] {
  const errors: FieldError[] = []
  const names = new Set<string>()
  for (const [i, port] of ports.entries()) {
    const at = `${path}[${i}]`
    if (port.name) {
      errors.push(...portNameErrors(port.name).map((m) => invalidField(`${at}.name`, port.name, m)))
      if (names.has(port.name)) errors.push(duplicateField(`${at}.name`, port.name))
      names.add(port.name)
    }
    if (!port.containerPort) errors.push(requiredField(`${at}.containerPort`))
    else errors.push(...portNumberErrors(port.containerPort).map((m) => invalidField(`${at}.containerPort`, port.containerPort, m)))
    if (port.hostPort) errors.push(...portNumberErrors(port.hostPort).map((m) => invalidField(`${at}.hostPort`, port.hostPort, m)))
    if (port.protocol && !['TCP', 'UDP', 'SCTP'].includes(port.protocol))
      errors.push(notSupportedField(`${at}.protocol`, port.protocol, ['SCTP', 'TCP', 'UDP']))
  }
  return errors
}

function hostPortConflicts(spec: V1PodSpec, field: string): FieldError[] {
  const errors: FieldError[] = []
  const taken = new Set<string>()
  for (const [i, container] of (spec.containers ?? []).entries()) {
    for (const [j, port] of (container.ports ?? []).entries()) {
      if (!port.hostPort) continue
      const path = `${field}.containers[${i}].ports[${j}]`
      if (spec.hostNetwork && port.hostPort !== port.containerPort)
        errors.push(invalidField(`${path}.hostPort`, port.hostPort, 'must match `containerPort` when `hostNetwork` is true'))
      const claim = `${port.protocol ?? 'TCP'}/${port.hostIP ?? ''}/${port.hostPort}`
      if (taken.has(claim)) errors.push(duplicateField(`${path}.hostPort`, claim))
      taken.add(claim)
    }
  }
  return errors
}
