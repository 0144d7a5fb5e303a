import type { V1Container, V1EphemeralContainer, V1PodSpec, V1PodTemplateSpec, V1Probe, V1Volume } from '../generated/types.ts'

/** Defaults of a pod spec, wherever it stands (core/v1 SetDefaults_PodSpec and its kin). Mutates. */
export function applyPodSpecDefaults(spec: V1PodSpec): void {
  spec.dnsPolicy ??= 'ClusterFirst'
  spec.restartPolicy ??= 'Always'
  spec.terminationGracePeriodSeconds ??= 30
  spec.schedulerName ??= 'default-scheduler'
  spec.securityContext ??= {}
  if (spec.serviceAccountName && !spec.serviceAccount) spec.serviceAccount = spec.serviceAccountName
  for (const container of [...(spec.initContainers ?? []), ...(spec.containers ?? [])]) applyContainerDefaults(container, spec)
  for (const container of spec.ephemeralContainers ?? []) applyContainerDefaults(container, spec)
  for (const volume of spec.volumes ?? []) applyVolumeDefaults(volume)
}

/** Of a template, in a Deployment and the like. Mutates. */
export function applyPodTemplateDefaults(template: V1PodTemplateSpec | undefined): void {
  if (template?.spec) applyPodSpecDefaults(template.spec)
}

function applyContainerDefaults(container: V1Container | V1EphemeralContainer, spec: V1PodSpec): void {
  container.terminationMessagePath ??= '/dev/termination-log'
  container.terminationMessagePolicy ??= 'File'
  container.imagePullPolicy ??= defaultPullPolicy(container.image ?? '')
  container.resources ??= {}
  for (const [name, limit] of Object.entries(container.resources.limits ?? {})) {
    const requests = (container.resources.requests ??= {})
    requests[name] ??= limit
  }
  for (const port of container.ports ?? []) {
    port.protocol ??= 'TCP'
    if (spec.hostNetwork) port.hostPort ??= port.containerPort
  }
  for (const variable of container.env ?? []) {
    if (variable.valueFrom?.fieldRef) variable.valueFrom.fieldRef.apiVersion ??= 'v1'
    if (variable.valueFrom?.resourceFieldRef) variable.valueFrom.resourceFieldRef.divisor ??= '0'
  }
  for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe]) if (probe) applyProbeDefaults(probe)
  for (const handler of [container.lifecycle?.postStart, container.lifecycle?.preStop])
    if (handler?.httpGet) applyHttpDefaults(handler.httpGet)
}

/** `Always` for the tag latest and for no tag, else `IfNotPresent`. */
function defaultPullPolicy(image: string): string {
  if (image.includes('@')) return 'IfNotPresent'
  const tag = /:([^/:]+)$/.exec(image)?.[1] ?? 'latest'
  return tag === 'latest' ? 'Always' : 'IfNotPresent'
}

function applyProbeDefaults(probe: V1Probe): void {
  probe.timeoutSeconds ??= 1
  probe.periodSeconds ??= 10
  probe.successThreshold ??= 1
  probe.failureThreshold ??= 3
  if (probe.httpGet) applyHttpDefaults(probe.httpGet)
  if (probe.grpc) probe.grpc.service ??= ''
}

function applyHttpDefaults(action: { path?: string | undefined; scheme?: string | undefined }): void {
  action.path ??= '/'
  action.scheme ??= 'HTTP'
}

const defaultFileMode = 0o644

function applyVolumeDefaults(volume: V1Volume): void {
  const { name: _, ...sources } = volume
  if (Object.keys(sources).length === 0) volume.emptyDir = {}
  if (volume.configMap) volume.configMap.defaultMode ??= defaultFileMode
  if (volume.secret) volume.secret.defaultMode ??= defaultFileMode
  if (volume.image) volume.image.pullPolicy ??= defaultPullPolicy(volume.image.reference ?? '')
  if (volume.ephemeral?.volumeClaimTemplate?.spec) volume.ephemeral.volumeClaimTemplate.spec.volumeMode ??= 'Filesystem'
  applyVolumeSourceDefaults(volume)
  if (volume.downwardAPI) {
    volume.downwardAPI.defaultMode ??= defaultFileMode
    for (const item of volume.downwardAPI.items ?? []) if (item.fieldRef) item.fieldRef.apiVersion ??= 'v1'
  }
  if (!volume.projected) return
  volume.projected.defaultMode ??= defaultFileMode
  for (const source of volume.projected.sources ?? []) {
    if (source.serviceAccountToken) source.serviceAccountToken.expirationSeconds ??= 3600
    for (const item of source.downwardAPI?.items ?? []) if (item.fieldRef) item.fieldRef.apiVersion ??= 'v1'
  }
}

type SharedSources = Pick<V1Volume, 'hostPath' | 'iscsi' | 'azureDisk'> & {
  rbd?: { pool?: string | undefined; user?: string | undefined; keyring?: string | undefined } | undefined
  scaleIO?: { storageMode?: string | undefined; fsType?: string | undefined } | undefined
}

/** Of the sources that a volume of a pod and a persistent volume have in common. */
export function applyVolumeSourceDefaults({ hostPath, iscsi, rbd, azureDisk, scaleIO }: SharedSources): void {
  if (hostPath) hostPath.type ??= ''
  if (iscsi) iscsi.iscsiInterface ??= 'default'
  if (rbd) {
    rbd.pool ??= 'rbd'
    rbd.user ??= 'admin'
    rbd.keyring ??= '/etc/ceph/keyring'
  }
  if (azureDisk) {
    azureDisk.cachingMode ??= 'ReadWrite'
    azureDisk.kind ??= 'Shared'
    azureDisk.fsType ??= 'ext4'
    azureDisk.readOnly ??= false
  }
  if (scaleIO) {
    scaleIO.storageMode ??= 'ThinProvisioned'
    scaleIO.fsType ??= 'xfs'
  }
}
