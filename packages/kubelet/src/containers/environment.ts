import type { Service, V1Container, V1EnvVar } from '@quarterdeck/api'

import type { ReferencedObjects } from '../objects/referenced-objects.ts'
import { type DownwardContext, fieldValue, resourceValue } from '../volumes/downward.ts'
import { configMapData, secretData } from '../volumes/payload.ts'
import { expandVariables } from './expand.ts'
import { serviceVariables } from './service-env.ts'

/** A container cannot be made from its spec as things are; shown as CreateContainerConfigError and tried again. */
export class ContainerConfigError extends Error {}

export interface EnvironmentContext {
  downward: DownwardContext
  objects: ReferencedObjects
  services: readonly Service[]
}

/** The environment in order of precedence: services, then envFrom, then env, each over the ones before. */
export async function environmentOf(context: EnvironmentContext, container: V1Container): Promise<Map<string, string>> {
  const { pod } = context.downward
  const fromServices = serviceVariables(context.services, {
    namespace: pod.metadata.namespace,
    enableLinks: pod.spec.enableServiceLinks ?? true,
  })
  const result = await envFromVariables(context, container)
  for (const variable of container.env ?? []) {
    const value = await valueOf(context, { variable, container, known: new Map([...fromServices, ...result]) })
    if (value !== undefined) result.set(variable.name, value)
  }
  for (const [name, value] of fromServices) if (!result.has(name)) result.set(name, value)
  return result
}

async function envFromVariables({ downward, objects }: EnvironmentContext, container: V1Container): Promise<Map<string, string>> {
  const { namespace } = downward.pod.metadata
  const result = new Map<string, string>()
  for (const source of container.envFrom ?? []) {
    const { configMapRef, secretRef } = source
    const name = configMapRef?.name ?? secretRef?.name ?? ''
    const data = configMapRef
      ? configMapData(await objects.configMap({ namespace, name }))
      : secretData(await objects.secret({ namespace, name }))
    const optional = (configMapRef ?? secretRef)?.optional ?? false
    if (!data && !optional) throw new ContainerConfigError(`${configMapRef ? 'configmap' : 'secret'} "${name}" not found`)
    for (const [key, value] of data ?? []) result.set(`${source.prefix ?? ''}${key}`, value.toString('utf8'))
  }
  return result
}

interface VariableContext {
  variable: V1EnvVar
  container: V1Container
  known: ReadonlyMap<string, string>
}

/** Undefined if it comes from an optional object or key that is not there. */
async function valueOf(context: EnvironmentContext, { variable, container, known }: VariableContext): Promise<string | undefined> {
  const { downward, objects } = context
  const { namespace } = downward.pod.metadata
  const from = variable.valueFrom
  if (!from) return expandVariables(variable.value ?? '', known)
  if (from.fieldRef) return fieldValue(downward, from.fieldRef)
  if (from.resourceFieldRef) return resourceValue(downward, from.resourceFieldRef, container)
  const { configMapKeyRef, secretKeyRef } = from
  const reference = configMapKeyRef ?? secretKeyRef
  if (!reference) throw new ContainerConfigError(`variable ${variable.name}: this source of a value is not supported`)
  const name = reference.name ?? ''
  const data = configMapKeyRef
    ? configMapData(await objects.configMap({ namespace, name }))
    : secretData(await objects.secret({ namespace, name }))
  const kind = configMapKeyRef ? 'configmap' : 'secret'
  if (!data && !reference.optional) throw new ContainerConfigError(`${kind} "${name}" not found`)
  const value = data?.get(reference.key)
  if (value === undefined && !reference.optional)
    throw new ContainerConfigError(
      `couldn't find key ${reference.key} in ${kind === 'configmap' ? 'ConfigMap' : 'Secret'} ${namespace}/${name}`,
    )
  return value?.toString('utf8')
}
