import { configMaps, nodes, persistentVolumeClaims, secrets, serviceAccounts, type Kind, type Pod } from '@quarterdeck/api'

/** An object that a pod names in its spec. */
export interface PodReference {
  kind: Kind
  name: string
  /** Whether the pod runs without it. */
  isOptional: boolean
}

interface Named {
  name?: string | undefined
  optional?: boolean | undefined
}

/** Every object that a pod spec names, each once. */
export function referencesOf(spec: Pod['spec']): PodReference[] {
  const found = new Map<string, PodReference>()
  const add = (kind: Kind, named: Named | undefined): void => {
    if (!named?.name) return
    const key = `${kind.resource}/${named.name}`
    const isOptional = named.optional === true && (found.get(key)?.isOptional ?? true)
    found.set(key, { kind, name: named.name, isOptional })
  }
  for (const container of [...(spec.initContainers ?? []), ...spec.containers]) {
    for (const source of container.envFrom ?? []) {
      add(configMaps, source.configMapRef)
      add(secrets, source.secretRef)
    }
    for (const { valueFrom } of container.env ?? []) {
      add(configMaps, valueFrom?.configMapKeyRef)
      add(secrets, valueFrom?.secretKeyRef)
    }
  }
  for (const volume of spec.volumes ?? []) {
    add(configMaps, volume.configMap)
    add(persistentVolumeClaims, { name: volume.persistentVolumeClaim?.claimName })
    add(secrets, volume.secret && { name: volume.secret.secretName, optional: volume.secret.optional })
    for (const source of volume.projected?.sources ?? []) {
      // Every pod's token volume names the cluster's root certificates: not worth a line.
      if (source.configMap?.name !== 'kube-root-ca.crt') add(configMaps, source.configMap)
      add(secrets, source.secret)
    }
  }
  for (const secret of spec.imagePullSecrets ?? []) add(secrets, secret)
  add(serviceAccounts, { name: spec.serviceAccountName })
  add(nodes, { name: spec.nodeName })
  return [...found.values()]
}
