import type { State } from './state.ts'

/** What keeps a container from being configured, from what the kubelet says (CreateContainerConfigError). */
export function configTrouble(container: string, message = ''): State {
  const missing = /^(configmap|secret) "([^"]+)" not found/i.exec(message)
  if (missing) {
    const kind = missing[1]!.toLowerCase() === 'secret' ? 'Secret' : 'ConfigMap'
    return { text: `${kind} missing`, tone: 'bad', reason: `${container} needs the ${kind} ${missing[2]}, which does not exist` }
  }
  const key = /^couldn't find key (\S+) in (ConfigMap|Secret) (?:[^/\s]+\/)?(\S+)/.exec(message)
  if (key)
    return {
      text: `${key[2]} key missing`,
      tone: 'bad',
      reason: `${container} needs the key ${key[1]} of the ${key[2]} ${key[3]}, which has none`,
    }
  if (/runAsNonRoot/.test(message))
    return { text: 'Would run as root', tone: 'bad', reason: `${container} must not run as root, but its image does`, detail: message }
  return { text: 'Configuration error', tone: 'bad', reason: `${container} can’t be configured`, detail: message || undefined }
}
