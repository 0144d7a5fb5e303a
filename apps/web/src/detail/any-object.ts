import type { KubeObject } from '@quarterdeck/api-machinery'

export interface Condition {
  type: string
  status: string
  reason?: string
  message?: string
  lastTransitionTime?: string
}

export interface ContainerSpec {
  name: string
  image?: string
  command?: string[]
  args?: string[]
  ports?: { name?: string; containerPort: number; protocol?: string; hostPort?: number }[]
  env?: {
    name: string
    value?: string
    valueFrom?: Record<string, { name?: string; key?: string; fieldPath?: string; resource?: string }>
  }[]
  envFrom?: { prefix?: string; configMapRef?: { name?: string }; secretRef?: { name?: string } }[]
  resources?: { requests?: Record<string, string>; limits?: Record<string, string> }
  readinessProbe?: object
  startupProbe?: object
  volumeMounts?: { name: string; mountPath: string; readOnly?: boolean }[]
}

interface Terminated {
  exitCode: number
  reason?: string
  message?: string
  finishedAt?: string
  signal?: number
}

export interface ContainerStatus {
  name: string
  ready: boolean
  started?: boolean
  restartCount: number
  image?: string
  state?: { running?: { startedAt?: string }; waiting?: { reason?: string; message?: string }; terminated?: Terminated }
  lastState?: { terminated?: Terminated }
}

export interface PodSpecPart {
  containers?: ContainerSpec[]
  initContainers?: ContainerSpec[]
  nodeName?: string
  serviceAccountName?: string
  resourceClaims?: { name: string; resourceClaimName?: string; resourceClaimTemplateName?: string }[]
}

/** The parts that pages read of an object, whatever its kind. All may be missing. */
export interface AnyObject extends KubeObject {
  type?: string
  data?: Record<string, string>
  binaryData?: Record<string, string>
  spec?: PodSpecPart & {
    replicas?: number
    unschedulable?: boolean
    suspend?: boolean
    paused?: boolean
    template?: { spec?: PodSpecPart }
    jobTemplate?: { spec?: { template?: { spec?: PodSpecPart } } }
    selector?: { matchLabels?: Record<string, string> } | Record<string, string>
    type?: string
    clusterIP?: string
    ports?: { name?: string; port: number; targetPort?: number | string; nodePort?: number; protocol?: string }[]
    strategy?: { type?: string }
    podCIDR?: string
    taints?: { key: string; value?: string; effect: string }[]
  }
  status?: {
    phase?: string
    conditions?: Condition[]
    containerStatuses?: ContainerStatus[]
    initContainerStatuses?: ContainerStatus[]
    podIP?: string
    qosClass?: string
    resourceClaimStatuses?: { name: string; resourceClaimName?: string }[]
    replicas?: number
    readyReplicas?: number
    availableReplicas?: number
    updatedReplicas?: number
    addresses?: { type: string; address: string }[]
    allocatable?: Record<string, string>
    capacity?: Record<string, string>
    nodeInfo?: Record<string, string>
  }
}
