import type { Kind } from '../kind.ts'
import { clusterRoleBindings } from './cluster-role-binding.ts'
import { clusterRoles } from './cluster-role.ts'
import { configMaps } from './config-map.ts'
import { controllerRevisions } from './controller-revision.ts'
import { csiDrivers } from './csi-driver.ts'
import { csiNodes } from './csi-node.ts'
import { csiStorageCapacities } from './csi-storage-capacity.ts'
import { cronJobs } from './cron-job.ts'
import { daemonSets } from './daemon-set.ts'
import { deployments } from './deployment.ts'
import { deviceClasses } from './device-class.ts'
import { endpointSlices } from './endpoint-slice.ts'
import { endpoints } from './endpoints.ts'
import { eventsV1 } from './event-v1.ts'
import { events } from './event.ts'
import { ipAddresses } from './ip-address.ts'
import { jobs } from './job.ts'
import { horizontalPodAutoscalersV1 } from './horizontal-pod-autoscaler-v1.ts'
import { horizontalPodAutoscalers } from './horizontal-pod-autoscaler.ts'
import { leases } from './lease.ts'
import { limitRanges } from './limit-range.ts'
import { namespaces } from './namespace.ts'
import { nodeUsages } from './node-usage.ts'
import { nodes } from './node.ts'
import { persistentVolumeClaims } from './persistent-volume-claim.ts'
import { persistentVolumes } from './persistent-volume.ts'
import { podDisruptionBudgets } from './pod-disruption-budget.ts'
import { podTemplates } from './pod-template.ts'
import { pods } from './pod.ts'
import { priorityClasses } from './priority-class.ts'
import { replicaSets } from './replica-set.ts'
import { replicationControllers } from './replication-controller.ts'
import { resourceClaimTemplates } from './resource-claim-template.ts'
import { resourceClaims } from './resource-claim.ts'
import { resourceQuotas } from './resource-quota.ts'
import { resourceSlices } from './resource-slice.ts'
import { roleBindings } from './role-binding.ts'
import { roles } from './role.ts'
import { runtimeClasses } from './runtime-class.ts'
import { secrets } from './secret.ts'
import { serviceAccounts } from './service-account.ts'
import { serviceCidrs } from './service-cidr.ts'
import { services } from './service.ts'
import { statefulSets } from './stateful-set.ts'
import { storageClasses } from './storage-class.ts'
import { volumeAttachments } from './volume-attachment.ts'
import { volumeAttributesClasses } from './volume-attributes-class.ts'

/** Every built-in kind, in the order of discovery. */
export const builtInKinds: readonly Kind[] = [
  configMaps,
  endpoints,
  events,
  limitRanges,
  namespaces,
  nodes,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  podTemplates,
  replicationControllers,
  resourceQuotas,
  secrets,
  serviceAccounts,
  services,
  controllerRevisions,
  daemonSets,
  deployments,
  replicaSets,
  statefulSets,
  cronJobs,
  jobs,
  horizontalPodAutoscalers,
  horizontalPodAutoscalersV1,
  leases,
  endpointSlices,
  eventsV1,
  ipAddresses,
  serviceCidrs,
  runtimeClasses,
  podDisruptionBudgets,
  priorityClasses,
  clusterRoleBindings,
  clusterRoles,
  roleBindings,
  roles,
  deviceClasses,
  resourceClaims,
  resourceClaimTemplates,
  resourceSlices,
  csiDrivers,
  csiNodes,
  csiStorageCapacities,
  storageClasses,
  volumeAttachments,
  volumeAttributesClasses,
  nodeUsages,
]
