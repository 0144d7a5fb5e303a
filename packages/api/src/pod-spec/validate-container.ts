import {
  configMapKeyErrors,
  dns1123LabelErrors,
  duplicateField,
  envVarNameErrors,
  forbiddenField,
  invalidField,
  notFoundField,
  notSupportedField,
  portNameErrors,
  portNumberErrors,
  qualifiedNameErrors,
  requiredField,
  type FieldError,
} from '@quarterdeck/api-machinery'

import type { V1Container, V1ContainerPort, V1EnvVar, V1PodSpec, V1VolumeMount } from '../generated/types.ts'
import { validateLifecycle, validateProbe } from './validate-handlers.ts'
import { validateResizePolicy, validateResources } from './validate-resources.ts'
import { validateSecurityContext } from './validate-security.ts'

const fieldPaths = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
]

/** Everything about the containers and init containers of a pod spec. */
export function validateContainers(spec: V1PodSpec, field: string): FieldError[] {
  const errors: FieldError[] = []
  const names = new Set<string>()
  if (!spec.containers?.length) errors.push(requiredField(`${field}.containers`))
  for (const [list, containers] of [
    ['containers', spec.containers ?? []],
    ['initContainers', spec.initContainers ?? []],
  ] as const) {
    for (const [i, container] of containers.entries()) {
      const path = `${field}.${list}[${i}]`
      errors.push(...validateContainer(container, path, { spec, isInit: list === 'initContainers' }))
      if (!container.name) continue
      if (names.has(container.name)) errors.push(duplicateField(`${path}.name`, container.name))
      names.add(container.name)
    }
  }
  return [...errors, ...hostPortConflicts(spec, field)]
}

interface ContainerContext {
  spec: V1PodSpec
  isInit: boolean
}

function validateContainer(container: V1Container, path: string, { spec, isInit }: ContainerContext): FieldError[] {
  const errors: FieldError[] = []
  if (!container.name) errors.push(requiredField(`${path}.name`))
  else errors.push(...dns1123LabelErrors(container.name).map((m) => invalidField(`${path}.name`, container.name, m)))
  if (!container.image) errors.push(requiredField(`${path}.image`))
  else if (container.image !== container.image.trim())
    errors.push(invalidField(`${path}.image`, container.image, 'must not have leading or trailing whitespace'))
  if (container.imagePullPolicy && !['Always', 'IfNotPresent', 'Never'].includes(container.imagePullPolicy)) {
    errors.push(notSupportedField(`${path}.imagePullPolicy`, container.imagePullPolicy, ['Always', 'IfNotPresent', 'Never']))
  }
  if (container.terminationMessagePolicy && !['File', 'FallbackToLogsOnError'].includes(container.terminationMessagePolicy)) {
    errors.push(
      notSupportedField(`${path}.terminationMessagePolicy`, container.terminationMessagePolicy, ['FallbackToLogsOnError', 'File']),
    )
  }
  const isSidecar = isInit && container.restartPolicy === 'Always'
  if (isInit && container.restartPolicy && !isSidecar)
    errors.push(notSupportedField(`${path}.restartPolicy`, container.restartPolicy, ['Always']))
  if (isInit && !isSidecar) {
    for (const name of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
      if (container[name]) errors.push(forbiddenField(`${path}.${name}`, 'may not be set for init containers without restartPolicy=Always'))
    }
  } else {
    errors.push(...validateLifecycle(container.lifecycle, `${path}.lifecycle`))
    for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe'] as const)
      errors.push(...validateProbe(container[name], `${path}.${name}`, { mustSucceedOnce: name !== 'readinessProbe' }))
  }
  return [
    ...errors,
    ...validatePorts(container.ports ?? [], `${path}.ports`),
    ...validateEnv(container.env ?? [], `${path}.env`),
    ...validateEnvFrom(container, `${path}.envFrom`),
    ...validateMounts(container.volumeMounts ?? [], spec, `${path}.volumeMounts`),
    ...validateResources(container.resources, `${path}.resources`),
    ...validateResizePolicy(container.resizePolicy, spec.restartPolicy, `${path}.resizePolicy`),
    ...validateSecurityContext(container.securityContext, `${path}.securityContext`),
  ]
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

function validateEnv(env: readonly V1EnvVar[], path: string): FieldError[] {
  return env.flatMap((variable, i) => {
    const at = `${path}[${i}]`
    const errors: FieldError[] = variable.name
      ? envVarNameErrors(variable.name).map((m) => invalidField(`${at}.name`, variable.name, m))
      : [requiredField(`${at}.name`)]
    return [...errors, ...validateValueFrom(variable, `${at}.valueFrom`)]
  })
}

function validateValueFrom({ value, valueFrom }: V1EnvVar, path: string): FieldError[] {
  if (!valueFrom) return []
  const sources = Object.values(valueFrom).filter((v) => v !== undefined)
  if (sources.length === 0)
    return [
      invalidField(path, '', 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`'),
    ]
  if (value) return [invalidField(path, '', 'may not be specified when `value` is not empty')]
  if (sources.length > 1) return [invalidField(path, '', 'may not have more than one field specified at a time')]
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = valueFrom
  if (fieldRef) return validateFieldPath(fieldRef.fieldPath, `${path}.fieldRef.fieldPath`)
  if (resourceFieldRef && !resourceFieldRef.resource) return [requiredField(`${path}.resourceFieldRef.resource`)]
  const [reference, name] = configMapKeyRef ? [configMapKeyRef, 'configMapKeyRef'] : [secretKeyRef, 'secretKeyRef']
  if (!reference) return []
  const errors: FieldError[] = reference.name ? [] : [requiredField(`${path}.${name}.name`)]
  if (!reference.key) return [...errors, requiredField(`${path}.${name}.key`)]
  return [...errors, ...configMapKeyErrors(reference.key).map((m) => invalidField(`${path}.${name}.key`, reference.key, m))]
}

function validateFieldPath(fieldPath: string | undefined, path: string): FieldError[] {
  if (!fieldPath) return [requiredField(path)]
  const keyed = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(fieldPath)
  if (keyed) return qualifiedNameErrors(keyed[2] ?? '').map((m) => invalidField(path, fieldPath, m))
  return fieldPaths.includes(fieldPath) ? [] : [notSupportedField(path, fieldPath, fieldPaths)]
}

function validateEnvFrom({ envFrom = [] }: V1Container, path: string): FieldError[] {
  return envFrom.flatMap(({ configMapRef, secretRef, prefix }, i) => {
    const at = `${path}[${i}]`
    const errors: FieldError[] = prefix ? envVarNameErrors(prefix).map((m) => invalidField(`${at}.prefix`, prefix, m)) : []
    if (!configMapRef && !secretRef) return [...errors, invalidField(at, '', 'must specify one of: `configMapRef` or `secretRef`')]
    if (configMapRef && secretRef) return [...errors, invalidField(at, '', 'may not have more than one field specified at a time')]
    const name = configMapRef?.name ?? secretRef?.name
    return name ? errors : [...errors, requiredField(`${at}.${configMapRef ? 'configMapRef' : 'secretRef'}.name`)]
  })
}

function validateMounts(mounts: readonly V1VolumeMount[], spec: V1PodSpec, path: string): FieldError[] {
  const errors: FieldError[] = []
  const paths = new Set<string>()
  for (const [i, mount] of mounts.entries()) {
    const at = `${path}[${i}]`
    if (!mount.name) errors.push(requiredField(`${at}.name`))
    else if (!spec.volumes?.some((v) => v.name === mount.name)) errors.push(notFoundField(`${at}.name`, mount.name))
    if (!mount.mountPath) errors.push(requiredField(`${at}.mountPath`))
    if (mount.mountPath && paths.has(mount.mountPath)) errors.push(invalidField(`${at}.mountPath`, mount.mountPath, 'must be unique'))
    paths.add(mount.mountPath)
    if (mount.subPath && mount.subPathExpr)
      errors.push(invalidField(`${at}.subPathExpr`, mount.subPathExpr, 'subPathExpr and subPath are mutually exclusive'))
    for (const name of ['subPath', 'subPathExpr'] as const) {
      const value = mount[name]
      if (value?.startsWith('/')) errors.push(invalidField(`${at}.${name}`, value, 'must be a relative path'))
      if (value?.split('/').includes('..')) errors.push(invalidField(`${at}.${name}`, value, "must not contain '..'"))
    }
  }
  return errors
}
