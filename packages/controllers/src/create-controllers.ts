import type { Kind } from '@quarterdeck/api'
import type { Controller } from '@quarterdeck/controller-runtime'

import { clusterRoleAggregationController } from './cluster-role/aggregation-controller.ts'
import { createClaimProtectionController } from './claim-protection/claim-protection-controller.ts'
import { cronJobController } from './cron-job/cron-job-controller.ts'
import { daemonSetController } from './daemon-set/daemon-set-controller.ts'
import { deploymentController } from './deployment/deployment-controller.ts'
import { createDisruptionController } from './disruption/disruption-controller.ts'
import { staleDisruptionController } from './disruption/stale-disruption-controller.ts'
import { endpointSliceController } from './endpoint-slice/endpoint-slice-controller.ts'
import { mirroringController } from './endpoint-slice-mirroring/mirroring-controller.ts'
import { endpointsController } from './endpoints/endpoints-controller.ts'
import { ephemeralVolumeController } from './ephemeral-volume/ephemeral-volume-controller.ts'
import { createGarbageCollector } from './garbage-collector/garbage-collector.ts'
import { createAbandonedVolumesController, type AbandonedVolumesOptions } from './local-path/abandoned-volumes-controller.ts'
import { jobController } from './job/job-controller.ts'
import { orphanedJobPodsController } from './job/orphaned-pods-controller.ts'
import { createAutoscalerController, type AutoscalerOptions } from './horizontal-pod-autoscaler/autoscaler-controller.ts'
import { createLoadBalancerController, type LoadBalancerOptions } from './load-balancer/load-balancer-controller.ts'
import { createNamespaceController } from './namespace/namespace-controller.ts'
import { createNodeIpamController, type NodeIpamOptions } from './node-ipam/node-ipam-controller.ts'
import type { HealthOptions } from './node-lifecycle/node-health.ts'
import { createNodeLifecycleController } from './node-lifecycle/node-lifecycle-controller.ts'
import { createClaimController } from './persistent-volume/claim-controller.ts'
import { volumeController } from './persistent-volume/volume-controller.ts'
import { createPodGarbageCollector, type PodGarbageOptions } from './pod-garbage-collector/pod-garbage-collector.ts'
import { replicaSetController } from './replica-set/replica-set-controller.ts'
import { replicationControllerController } from './replication-controller/replication-controller-controller.ts'
import { claimReleaseController } from './resource-claim/claim-release-controller.ts'
import { podClaimsController } from './resource-claim/pod-claims-controller.ts'
import { createResourceQuotaController } from './resource-quota/resource-quota-controller.ts'
import { createRootCaController } from './root-ca/root-ca-controller.ts'
import { addressRepairController } from './service-address/address-repair-controller.ts'
import { serviceCidrController } from './service-address/service-cidr-controller.ts'
import { serviceAccountController } from './service-account/service-account-controller.ts'
import { tokenSecretController } from './service-account/token-secret-controller.ts'
import { unusedTokenController } from './service-account/unused-token-controller.ts'
import { statefulSetController } from './stateful-set/stateful-set-controller.ts'
import { createTaintEvictionController } from './taint-eviction/taint-eviction-controller.ts'
import { ttlAfterFinishedController } from './ttl-after-finished/ttl-after-finished-controller.ts'
import { volumeExpansionController } from './volume-expansion/volume-expansion-controller.ts'
import { volumeProtectionController } from './volume-protection/volume-protection-controller.ts'

export interface ControllerOptions {
  /** Every kind there is, those of CustomResourceDefinitions too: asked again whenever it matters. */
  kinds: () => readonly Kind[]
  /** PEM; absent: it is not published to namespaces. */
  caCertificate?: string
  nodeHealth?: Partial<HealthOptions>
  nodeIpam?: NodeIpamOptions
  podGarbage?: PodGarbageOptions
  autoscaler?: AutoscalerOptions
  loadBalancer?: LoadBalancerOptions
  abandonedVolumes?: AbandonedVolumesOptions
}

/** Every controller of a cluster. */
export function createControllers(options: ControllerOptions): Controller[] {
  return [
    deploymentController,
    replicaSetController,
    replicationControllerController,
    statefulSetController,
    daemonSetController,
    jobController,
    orphanedJobPodsController,
    ttlAfterFinishedController,
    cronJobController,
    createAutoscalerController(options.kinds, options.autoscaler),
    createLoadBalancerController(options.loadBalancer),
    createDisruptionController(options.kinds),
    staleDisruptionController,
    endpointsController,
    endpointSliceController,
    mirroringController,
    addressRepairController,
    serviceCidrController,
    createNodeLifecycleController(options.nodeHealth),
    createNodeIpamController(options.nodeIpam),
    createTaintEvictionController(),
    createNamespaceController(options.kinds),
    createResourceQuotaController(options.kinds),
    clusterRoleAggregationController,
    serviceAccountController,
    tokenSecretController,
    unusedTokenController,
    ...(options.caCertificate ? [createRootCaController(options.caCertificate)] : []),
    createGarbageCollector(options.kinds),
    createPodGarbageCollector(options.podGarbage),
    createClaimController(),
    volumeController,
    createClaimProtectionController(),
    volumeProtectionController,
    volumeExpansionController,
    ephemeralVolumeController,
    podClaimsController,
    claimReleaseController,
    createAbandonedVolumesController(options.abandonedVolumes),
  ]
}
