import { atomicLists } from './atomic-lists.ts'

/**
 * What the OpenAPI document says about lists, merge keys and quantities and the generated models do not.
 * Keys are `Model.property`. Source: the x-kubernetes-* extensions of the Kubernetes 1.36 OpenAPI document.
 */

export interface ListExtension {
  'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map'
  'x-kubernetes-list-map-keys'?: string[]
  'x-kubernetes-map-type'?: 'atomic' | 'granular'
  'x-kubernetes-patch-merge-key'?: string
  /** Comma-separated: `merge`, `retainKeys` or `replace`. */
  'x-kubernetes-patch-strategy'?: string
}

const byKey = (key: string, ...listKeys: string[]): ListExtension => ({
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': listKeys.length > 0 ? listKeys : [key],
  'x-kubernetes-patch-merge-key': key,
  'x-kubernetes-patch-strategy': 'merge',
})
const byKeyRetaining = (key: string): ListExtension => ({ ...byKey(key), 'x-kubernetes-patch-strategy': 'merge,retainKeys' })
const mergedSet: ListExtension = { 'x-kubernetes-list-type': 'set', 'x-kubernetes-patch-strategy': 'merge' }
const retained: ListExtension = { 'x-kubernetes-patch-strategy': 'retainKeys' }

const atomic: ListExtension = { 'x-kubernetes-list-type': 'atomic' }
const set: ListExtension = { 'x-kubernetes-list-type': 'set' }
const atomicMap: ListExtension = { 'x-kubernetes-map-type': 'atomic' }

export const listTypes: Record<string, ListExtension> = {
  ...Object.fromEntries(atomicLists.map((path) => [path, atomic])),
  'V1PodSpec.nodeSelector': atomicMap,
  'V1ServiceSpec.selector': atomicMap,
  'V1RoleBinding.roleRef': atomicMap,
  'V1ClusterRoleBinding.roleRef': atomicMap,
  'V1ReplicationControllerSpec.selector': atomicMap,
  'V1ContainerRestartRuleOnExitCodes.values': set,
  'V1NodeAllocatableResourceClaimStatus.containers': set,
  'V1Endpoint.addresses': set,
  'V1PodStatus.hostIPs': { ...atomic, 'x-kubernetes-patch-merge-key': 'ip', 'x-kubernetes-patch-strategy': 'merge' },
  'V1ContainerStatus.allocatedResourcesStatus': byKey('name'),
  'V1ResourceStatus.resources': { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['resourceID'] },
  'V1ObjectMeta.finalizers': mergedSet,
  'V1ObjectMeta.ownerReferences': byKey('uid'),
  'V1PodSpec.containers': byKey('name'),
  'V1PodSpec.initContainers': byKey('name'),
  'V1PodSpec.ephemeralContainers': byKey('name'),
  'V1PodSpec.volumes': byKeyRetaining('name'),
  'V1PodSpec.imagePullSecrets': byKey('name'),
  'V1PodSpec.hostAliases': byKey('ip'),
  'V1PodSpec.schedulingGates': byKey('name'),
  'V1PodSpec.resourceClaims': byKeyRetaining('name'),
  'V1PodSpec.topologySpreadConstraints': byKey('topologyKey', 'topologyKey', 'whenUnsatisfiable'),
  'V1Container.ports': byKey('containerPort', 'containerPort', 'protocol'),
  'V1Container.env': byKey('name'),
  'V1Container.volumeMounts': byKey('mountPath'),
  'V1Container.volumeDevices': byKey('devicePath'),
  'V1EphemeralContainer.ports': byKey('containerPort', 'containerPort', 'protocol'),
  'V1EphemeralContainer.env': byKey('name'),
  'V1EphemeralContainer.volumeMounts': byKey('mountPath'),
  'V1EphemeralContainer.volumeDevices': byKey('devicePath'),
  'V1ResourceRequirements.claims': { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] },
  'V1PodStatus.conditions': byKey('type'),
  'V1PodStatus.podIPs': byKey('ip'),
  'V1PodStatus.resourceClaimStatuses': byKeyRetaining('name'),
  'V1ContainerStatus.volumeMounts': byKey('mountPath'),
  'V1NodeSpec.podCIDRs': mergedSet,
  'V1NodeStatus.addresses': byKey('type'),
  'V1NodeStatus.conditions': byKey('type'),
  'V1NamespaceStatus.conditions': byKey('type'),
  'V1ServiceSpec.ports': byKey('port', 'port', 'protocol'),
  'V1ServiceStatus.conditions': byKey('type'),
  'V1ServiceCIDRStatus.conditions': byKey('type'),
  'V1ServiceAccount.secrets': byKey('name'),
  'V1ReplicationControllerStatus.conditions': byKey('type'),
  'V1ReplicaSetStatus.conditions': byKey('type'),
  'V1DeploymentSpec.strategy': retained,
  'V1DeploymentStatus.conditions': byKey('type'),
  'V1EndpointSlice.endpoints': atomic,
  'V1ConfigMapProjection.items': atomic,
  'V1TopologySpreadConstraint.matchLabelKeys': atomic,
  'V1LabelSelector.matchExpressions': atomic,
  'V1NodeStatus.volumesAttached': atomic,
  'V1PodSpec.tolerations': atomic,
  'V1PersistentVolumeClaimStatus.conditions': byKey('type'),
  'V2HorizontalPodAutoscalerStatus.conditions': byKey('type'),
  'V1PodDisruptionBudgetSpec.selector': { 'x-kubernetes-patch-strategy': 'replace' },
  'V1PodDisruptionBudgetStatus.conditions': byKey('type'),
  'V1StatefulSetStatus.conditions': byKey('type'),
  'V1DaemonSetStatus.conditions': byKey('type'),
  'V1PodFailurePolicyOnExitCodesRequirement.values': set,
  'V1JobStatus.conditions': { ...atomic, 'x-kubernetes-patch-merge-key': 'type', 'x-kubernetes-patch-strategy': 'merge' },
  'V1UncountedTerminatedPods.succeeded': set,
  'V1UncountedTerminatedPods.failed': set,
  'V1Scheduling.nodeSelector': atomicMap,
  'V1CSINodeSpec.drivers': byKey('name'),
  'V1CSIDriverSpec.volumeLifecycleModes': set,
  'V1ResourceClaimStatus.reservedFor': byKey('uid'),
  'V1ResourceClaimStatus.devices': {
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['driver', 'device', 'pool', 'shareID'],
  },
  'V1AllocatedDeviceStatus.conditions': { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] },
}

/** Fields whose Go type is resource.Quantity: numbers are accepted and stored as strings. */
export const quantityFields: ReadonlySet<string> = new Set([
  'V1ResourceRequirements.limits',
  'V1ResourceRequirements.requests',
  'V1VolumeResourceRequirements.limits',
  'V1VolumeResourceRequirements.requests',
  'V1NodeStatus.capacity',
  'V1NodeStatus.allocatable',
  'V1PodSpec.overhead',
  'V1PodStatus.allocatedResources',
  'V1ContainerStatus.allocatedResources',
  'V1EmptyDirVolumeSource.sizeLimit',
  'V1ResourceFieldSelector.divisor',
  'V1PersistentVolumeSpec.capacity',
  'V1PersistentVolumeClaimStatus.capacity',
  'V1PersistentVolumeClaimStatus.allocatedResources',
  'V1ResourceQuotaSpec.hard',
  'V1ResourceQuotaStatus.hard',
  'V1ResourceQuotaStatus.used',
  'V1LimitRangeItem.max',
  'V1LimitRangeItem.min',
  'V1LimitRangeItem.default',
  'V1LimitRangeItem.defaultRequest',
  'V1LimitRangeItem.maxLimitRequestRatio',
  'V2HPAScalingRules.tolerance',
  'V2MetricTarget.value',
  'V2MetricTarget.averageValue',
  'V2MetricValueStatus.value',
  'V2MetricValueStatus.averageValue',
  'V1Overhead.podFixed',
  'V1CSIStorageCapacity.capacity',
  'V1CSIStorageCapacity.maximumVolumeSize',
  'V1CapacityRequirements.requests',
  'V1DeviceRequestAllocationResult.consumedCapacity',
  'V1DeviceCapacity.value',
  'V1CapacityRequestPolicy.default',
  'V1CapacityRequestPolicy.validValues',
  'V1CapacityRequestPolicyRange.min',
  'V1CapacityRequestPolicyRange.max',
  'V1CapacityRequestPolicyRange.step',
  'V1Counter.value',
  'V1NodeAllocatableResourceMapping.allocationMultiplier',
])

/** Where the models' required flag differs from what the server asks of a request. */
export const requiredOverrides: Record<string, Record<string, boolean>> = {}
