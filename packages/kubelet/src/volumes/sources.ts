import type {
  Pod,
  V1ConfigMapProjection,
  V1ConfigMapVolumeSource,
  V1DownwardAPIVolumeFile,
  V1SecretProjection,
  V1SecretVolumeSource,
  V1Volume,
  V1VolumeProjection,
} from '@quarterdeck/api'

import type { ReferencedObjects } from '../objects/referenced-objects.ts'
import { type DownwardContext, fieldValue, resourceValue } from './downward.ts'
import { configMapData, defaultFileMode, type Payload, projectData, safePath, secretData, VolumeError } from './payload.ts'
import type { ServiceAccountTokens } from './service-account-tokens.ts'

export interface SourceContext {
  pod: Pod
  objects: ReferencedObjects
  tokens: ServiceAccountTokens
  downward: DownwardContext
}

/** The files of a volume whose content comes from the API; undefined for kinds of volumes that hold none. */
export async function payloadOf(context: SourceContext, volume: V1Volume): Promise<Payload | undefined> {
  const { configMap, secret, downwardAPI, projected } = volume
  if (configMap) return configMapPayload(context, configMap, configMap.defaultMode ?? defaultFileMode)
  if (secret) return secretPayload(context, secret, secret.defaultMode ?? defaultFileMode)
  if (downwardAPI) return downwardPayload(context, downwardAPI.items ?? [], downwardAPI.defaultMode ?? defaultFileMode)
  if (!projected) return undefined
  const payload: Payload = new Map()
  for (const source of projected.sources ?? [])
    for (const [path, file] of await projectionOf(context, source, projected.defaultMode ?? defaultFileMode)) payload.set(path, file)
  return payload
}

async function projectionOf(context: SourceContext, source: V1VolumeProjection, mode: number): Promise<Payload> {
  if (source.configMap) return configMapPayload(context, source.configMap, mode)
  if (source.secret) return secretPayload(context, source.secret, mode)
  if (source.downwardAPI) return downwardPayload(context, source.downwardAPI.items ?? [], mode)
  if (source.serviceAccountToken) {
    const token = await context.tokens.get(context.pod, source.serviceAccountToken)
    return new Map([[safePath(source.serviceAccountToken.path), { content: Buffer.from(token), mode }]])
  }
  throw new VolumeError('clusterTrustBundle and podCertificate sources are not supported')
}

async function configMapPayload(
  context: SourceContext,
  source: V1ConfigMapVolumeSource | V1ConfigMapProjection,
  mode: number,
): Promise<Payload> {
  const name = source.name ?? ''
  const found = await context.objects.configMap({ namespace: context.pod.metadata.namespace, name })
  return projectData(configMapData(found), {
    items: source.items,
    defaultMode: mode,
    optional: source.optional ?? false,
    described: `configmap "${name}"`,
  })
}

async function secretPayload(context: SourceContext, source: V1SecretVolumeSource | V1SecretProjection, mode: number): Promise<Payload> {
  const name = ('secretName' in source ? source.secretName : 'name' in source ? source.name : undefined) ?? ''
  const found = await context.objects.secret({ namespace: context.pod.metadata.namespace, name })
  return projectData(secretData(found), {
    items: source.items,
    defaultMode: mode,
    optional: source.optional ?? false,
    described: `secret "${name}"`,
  })
}

function downwardPayload({ downward }: SourceContext, items: readonly V1DownwardAPIVolumeFile[], mode: number): Payload {
  return new Map(
    items.map((item) => {
      const value = item.fieldRef
        ? fieldValue(downward, item.fieldRef)
        : item.resourceFieldRef
          ? resourceValue(downward, item.resourceFieldRef)
          : ''
      return [safePath(item.path), { content: Buffer.from(value), mode: item.mode ?? mode }]
    }),
  )
}
