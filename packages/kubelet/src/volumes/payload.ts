import type { ConfigMap, Secret, V1KeyToPath } from '@quarterdeck/api'

/** One file of a volume. */
export interface PayloadFile {
  content: Buffer
  mode: number
}

/** Files by path relative to the volume's root. */
export type Payload = Map<string, PayloadFile>

/** A volume cannot be made as things are; it is tried again. */
export class VolumeError extends Error {}

export interface ProjectionOptions {
  items: readonly V1KeyToPath[] | undefined
  defaultMode: number
  optional: boolean
  /** As errors name it: `configmap "settings"`. */
  described: string
}

export const defaultFileMode = 0o644

export function configMapData(configMap: ConfigMap | undefined): Map<string, Buffer> | undefined {
  if (!configMap) return undefined
  const text = Object.entries(configMap.data ?? {}).map(([key, value]) => [key, Buffer.from(value)] as const)
  const binary = Object.entries(configMap.binaryData ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64')] as const)
  return new Map([...text, ...binary])
}

export function secretData(secret: Secret | undefined): Map<string, Buffer> | undefined {
  return secret && new Map(Object.entries(secret.data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64')]))
}

/** The files that a ConfigMap or Secret gives: all keys, or the chosen ones at their paths. `data` undefined: there is no such object. */
export function projectData(data: ReadonlyMap<string, Buffer> | undefined, options: ProjectionOptions): Payload {
  const payload: Payload = new Map()
  if (!data) {
    if (options.optional) return payload
    throw new VolumeError(`${options.described} not found`)
  }
  if (!options.items) {
    for (const [key, content] of data) payload.set(key, { content, mode: options.defaultMode })
    return payload
  }
  for (const item of options.items) {
    const content = data.get(item.key)
    if (content) payload.set(safePath(item.path), { content, mode: item.mode ?? options.defaultMode })
    else if (!options.optional) throw new VolumeError(`references non-existent config key: ${item.key}`)
  }
  return payload
}

/** The API server refuses paths that leave the volume; what reaches the disk is checked again. */
export function safePath(path: string): string {
  const parts = path.split('/')
  if (path.startsWith('/') || path === '' || parts.some((part) => part === '..' || part === ''))
    throw new VolumeError(`invalid path ${JSON.stringify(path)}: must be relative and stay inside the volume`)
  if (parts[0]?.startsWith('..')) throw new VolumeError(`invalid path ${JSON.stringify(path)}: must not start with '..'`)
  return path
}
