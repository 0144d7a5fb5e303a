import type { V1Container } from '../generated/types.ts'
import type { Pod } from '../kinds/pod.ts'
import { volumeSecretsOf } from '../volumes/volume-secrets.ts'
import { claimNamesOf } from '../volumes/pod-claims.ts'

export interface PodReferences {
  configMaps: ReadonlySet<string>
  secrets: ReadonlySet<string>
  claims: ReadonlySet<string>
}

/** Names of the ConfigMaps, Secrets and claims that a pod's volumes, environments and pulls refer to, all in its namespace. */
export function referencesOf(pod: Pod): PodReferences {
  const configMaps = new Set<string | undefined>()
  const secrets = new Set<string | undefined>()
  for (const volume of pod.spec.volumes ?? []) {
    configMaps.add(volume.configMap?.name)
    secrets.add(volume.secret?.secretName)
    for (const { name } of volumeSecretsOf(volume)) secrets.add(name)
    for (const source of volume.projected?.sources ?? []) {
      configMaps.add(source.configMap?.name)
      secrets.add(source.secret?.name)
    }
  }
  for (const container of containersOf(pod)) {
    for (const variable of container.env ?? []) {
      configMaps.add(variable.valueFrom?.configMapKeyRef?.name)
      secrets.add(variable.valueFrom?.secretKeyRef?.name)
    }
    for (const source of container.envFrom ?? []) {
      configMaps.add(source.configMapRef?.name)
      secrets.add(source.secretRef?.name)
    }
  }
  for (const reference of pod.spec.imagePullSecrets ?? []) secrets.add(reference.name)
  return { configMaps: named(configMaps), secrets: named(secrets), claims: new Set(claimNamesOf(pod)) }
}

function containersOf({ spec }: Pod): Pick<V1Container, 'env' | 'envFrom'>[] {
  return [...(spec.initContainers ?? []), ...spec.containers, ...(spec.ephemeralContainers ?? [])]
}

const named = (names: ReadonlySet<string | undefined>): Set<string> =>
  new Set([...names].filter((name) => name !== undefined).filter(Boolean))
