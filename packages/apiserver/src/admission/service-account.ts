import { pods, serviceAccounts, type Pod, type ServiceAccount, type V1Volume } from '@quarterdeck/api'
import { forbidden } from '@quarterdeck/api-machinery'

import { generatedName } from '../object-meta.ts'
import type { AdmissionPlugin } from './admission.ts'

export const tokenMountPath = '/var/run/secrets/kubernetes.io/serviceaccount'
const tokenExpirationSeconds = 3607

/** Gives a pod its service account and mounts that account's token, CA and namespace (ServiceAccount admission). */
export const serviceAccountAdmission: AdmissionPlugin = {
  name: 'ServiceAccount',
  resources: [pods.resource],
  operations: ['CREATE'],
  async admit({ object, namespace, name, reader }) {
    const pod = object as Pod
    pod.spec.serviceAccountName ||= pod.spec.serviceAccount || 'default'
    pod.spec.serviceAccount = pod.spec.serviceAccountName
    const stored = await reader.read(serviceAccounts.resource, namespace, pod.spec.serviceAccountName)
    if (!stored) {
      throw forbidden(
        { group: '', resource: 'pods' },
        name,
        `error looking up service account ${namespace}/${pod.spec.serviceAccountName}: serviceaccount ${JSON.stringify(pod.spec.serviceAccountName)} not found`,
      )
    }
    const account = stored.object as ServiceAccount
    if (!pod.spec.imagePullSecrets && account.imagePullSecrets) pod.spec.imagePullSecrets = structuredClone(account.imagePullSecrets)
    if (pod.spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true) mountToken(pod)
  },
}

function mountToken(pod: Pod): void {
  const containers = [...(pod.spec.initContainers ?? []), ...pod.spec.containers]
  const unmounted = containers.filter((c) => !c.volumeMounts?.some((m) => m.mountPath === tokenMountPath))
  if (unmounted.length === 0) return
  const volume = tokenVolume(generatedName('kube-api-access-'))
  ;(pod.spec.volumes ??= []).push(volume)
  for (const container of unmounted) (container.volumeMounts ??= []).push({ name: volume.name, mountPath: tokenMountPath, readOnly: true })
}

function tokenVolume(name: string): V1Volume {
  return {
    name,
    projected: {
      defaultMode: 0o644,
      sources: [
        { serviceAccountToken: { path: 'token', expirationSeconds: tokenExpirationSeconds } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
      ],
    },
  }
}
