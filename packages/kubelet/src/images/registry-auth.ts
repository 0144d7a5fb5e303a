import type { Secret } from '@quarterdeck/api'
import type { RegistryAuth } from '@quarterdeck/runtime'

const defaultRegistry = 'index.docker.io'

/** The registry part of an image reference: what is before the first slash if it looks like a host. */
export function registryOf(image: string): string {
  const [first = '', ...rest] = image.split('/')
  const isHost = rest.length > 0 && (first.includes('.') || first.includes(':') || first === 'localhost')
  return isHost && first !== 'docker.io' ? first : defaultRegistry
}

interface DockerConfig {
  auths?: Record<string, DockerConfigEntry>
}

interface DockerConfigEntry {
  username?: string
  password?: string
  auth?: string
  identitytoken?: string
}

/** Credentials for an image among a pod's pull secrets: the entry whose registry, and path, match the longest. */
export function authFor(image: string, secrets: readonly Secret[]): RegistryAuth | undefined {
  const registry = registryOf(image)
  const full = image.startsWith(`${registry}/`) ? image : `${registry}/${image}`
  let best: { length: number; auth: RegistryAuth } | undefined
  for (const secret of secrets)
    for (const [key, entry] of Object.entries(entriesOf(secret))) {
      const place = key
        .replace(/^https?:\/\//, '')
        .replace(/\/v[12]\/?$/, '')
        .replace(/\/$/, '')
      const matches = place === registry || full.startsWith(`${place}/`) || (place === 'docker.io' && registry === defaultRegistry)
      if (matches && place.length > (best?.length ?? -1)) best = { length: place.length, auth: authOf(entry, key) }
    }
  return best?.auth
}

function entriesOf(secret: Secret): Record<string, DockerConfigEntry> {
  const current = secret.data?.['.dockerconfigjson']
  const legacy = secret.data?.['.dockercfg']
  const encoded = current ?? legacy
  if (encoded === undefined) return {}
  try {
    const parsed = JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')) as unknown
    return current === undefined ? (parsed as Record<string, DockerConfigEntry>) : ((parsed as DockerConfig).auths ?? {})
  } catch {
    return {} // a secret that cannot be read is as good as none: the pull itself says what is missing
  }
}

function authOf(entry: DockerConfigEntry, serveraddress: string): RegistryAuth {
  const [username = '', ...password] = Buffer.from(entry.auth ?? '', 'base64')
    .toString('utf8')
    .split(':')
  return {
    username: entry.username ?? username,
    password: entry.password ?? password.join(':'),
    ...(entry.identitytoken ? { identitytoken: entry.identitytoken } : {}),
    serveraddress,
  }
}
