import type { Pod, Service } from '@quarterdeck/api'
import type { Client } from '@quarterdeck/client'
import type { Clock, EventRecorder, Logger } from '@quarterdeck/controller-runtime'
import type { ContainerRuntime, RuntimeInfo } from '@quarterdeck/runtime'

import type { PodAdmission } from './admission/pod-admission.ts'
import type { ClusterDns } from './containers/name-resolution.ts'
import type { ImagePuller } from './images/image-puller.ts'
import type { ReferencedObjects } from './objects/referenced-objects.ts'
import type { PodFolders } from './pods/pod-folders.ts'
import type { DownwardContext } from './volumes/downward.ts'
import type { PodVolumes } from './volumes/pod-volumes.ts'
import type { ServiceAccountTokens } from './volumes/service-account-tokens.ts'

/** What the parts of one kubelet share. */
export interface NodeContext {
  nodeName: string
  client: Client
  runtime: ContainerRuntime
  info: RuntimeInfo
  clock: Clock
  log: Logger
  recorder: EventRecorder
  hostIps: readonly string[]
  dns: ClusterDns
  admission: PodAdmission
  folders: PodFolders
  volumes: PodVolumes
  objects: ReferencedObjects
  tokens: ServiceAccountTokens
  images: ImagePuller
  services: () => readonly Service[]
  /** Why no sandbox can be made yet (the node has no pod subnet); undefined when one can. */
  networkNotReady: () => string | undefined
  allocatable: DownwardContext['allocatable']
  signal: AbortSignal
}

export function downwardOf(context: NodeContext, pod: Pod, sandboxIp: string | undefined): DownwardContext {
  const podIps = pod.spec.hostNetwork ? context.hostIps : sandboxIp === undefined ? [] : [sandboxIp]
  return { pod, podIps, hostIps: context.hostIps, nodeName: context.nodeName, allocatable: context.allocatable }
}
