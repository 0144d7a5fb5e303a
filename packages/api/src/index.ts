export * from './kind.ts'
export * from './kinds/index.ts'
export * from './kinds/cluster-role-binding.ts'
export * from './kinds/cluster-role.ts'
export * from './kinds/config-map.ts'
export * from './kinds/controller-revision.ts'
export * from './kinds/csi-driver.ts'
export * from './kinds/csi-node.ts'
export * from './kinds/csi-storage-capacity.ts'
export * from './kinds/cron-job.ts'
export * from './kinds/daemon-set.ts'
export * from './kinds/deployment.ts'
export * from './kinds/device-class.ts'
export * from './kinds/endpoint-slice.ts'
export * from './kinds/endpoints.ts'
export * from './kinds/event-v1.ts'
export * from './kinds/event.ts'
export * from './kinds/ip-address.ts'
export * from './kinds/job.ts'
export * from './kinds/horizontal-pod-autoscaler-v1.ts'
export * from './kinds/horizontal-pod-autoscaler.ts'
export * from './kinds/lease.ts'
export * from './kinds/limit-range.ts'
export * from './kinds/namespace.ts'
export * from './kinds/node-usage.ts'
export * from './kinds/node.ts'
export * from './kinds/persistent-volume-claim.ts'
export * from './kinds/persistent-volume.ts'
export * from './kinds/pod-disruption-budget.ts'
export * from './kinds/pod-template.ts'
export * from './kinds/pod.ts'
export * from './kinds/priority-class.ts'
export * from './kinds/replica-set.ts'
export * from './kinds/replication-controller.ts'
export * from './kinds/resource-claim-template.ts'
export * from './kinds/resource-claim.ts'
export * from './kinds/resource-quota.ts'
export * from './kinds/resource-slice.ts'
export * from './kinds/role-binding.ts'
export * from './kinds/role.ts'
export * from './kinds/runtime-class.ts'
export * from './kinds/secret.ts'
export * from './kinds/service-account.ts'
export * from './kinds/service-cidr.ts'
export * from './kinds/service.ts'
export * from './kinds/stateful-set.ts'
export * from './kinds/storage-class.ts'
export * from './kinds/volume-attachment.ts'
export * from './kinds/volume-attributes-class.ts'
export { systemPriorityClasses } from './system-priority-classes.ts'
export * from './tolerations.ts'
export type * from './generated/types.ts'
export { protobufMessage, protobufMessageOf, type ProtobufField, type ProtobufMessage } from './protobuf.ts'
export * from './schemas.ts'
export * from './metrics/metrics-kinds.ts'
export * from './reviews/review-kinds.ts'
export * from './reviews/value-kinds.ts'
export { parseCronSchedule, type CronSchedule } from './batch/cron-schedule.ts'
export { isTimeZone, localTimeZone, zonedTimestamp } from './batch/time-zone.ts'
export { countCommonIndexes, countIndexes, parseIndexIntervals, type IndexInterval, type IndexIntervals } from './batch/index-intervals.ts'
export { hasJobCondition, isJobFinished, type JobConditionType } from './batch/job-conditions.ts'
export { jobLabels } from './batch/job-defaults.ts'
export { matchesNodeAffinity, matchesNodeSelector, matchesNodeSelectorTerm } from './pod-spec/match-node.ts'
export { referencesOf, type PodReferences } from './pod-spec/pod-references.ts'
export { volumeSecretsOf, type SecretReference } from './volumes/volume-secrets.ts'
export { aggregatedRulesOf } from './rbac/aggregate.ts'
export { rbacGroup } from './rbac/rbac-kinds.ts'
export { drainFateOf, type DrainFate } from './pod-spec/drain-fate.ts'
export { addResources, assumedPodRequests, noResources, parseResources, podRequests, type Resources } from './pod-spec/pod-resources.ts'
export { deletionCostAnnotation } from './pod-spec/validate-pod-annotations.ts'
export { announcedByAnnotation, loadBalancerClass } from './load-balancer.ts'
export {
  accountNameAnnotation,
  accountUidAnnotation,
  dayOf,
  tokenInvalidSinceLabel,
  tokenLastUsedLabel,
  tokenSecretType,
  tokenTrackingConfigMap,
} from './service-account-token.ts'
export { volumeSourceNames } from './validation/volume-source.ts'
export { resolveCount } from './count-or-percent.ts'
export { disruptionConditionOf, withDisruptionCondition, withFailedSync } from './disruptions-allowed.ts'
export { podAmounts, sumAmounts, type Amounts } from './pod-spec/pod-amounts.ts'
export { isInQuotaScope } from './quota/quota-scopes.ts'
export { computeUsage, quotaResourcesOf, quotaUsageOf } from './quota/quota-usage.ts'
export { podSummaryOf, type PodSummary } from './pod-spec/pod-summary.ts'
export { qualityOfServiceOf, type QualityOfService } from './pod-spec/quality-of-service.ts'
export { accessModesText } from './volumes/access-modes.ts'
export { namesStorageClass, storageClassNameOf } from './volumes/storage-class-name.ts'
export { bestFitOf, hasSameMode, isCandidate, isLargeEnough, isVolumeOfClaim, mismatchOf } from './volumes/match-claim.ts'
export {
  canBeReserved,
  consumerReference,
  foreignResourceClaimProblem,
  isDoneWithClaims,
  isReservedFor,
  podResourceClaimAnnotation,
  resourceClaimFinalizer,
  resourceClaimNameOf,
  resourceClaimNamesOf,
} from './devices/pod-resource-claims.ts'
export { addressOfService, clusterIpsOf, holderOf, isAllocated, type AddressHolder } from './services/cluster-ips.ts'
export { claimNameOf, claimNamesOf, foreignClaimProblem, usesClaim } from './volumes/pod-claims.ts'
export {
  claimProtectionFinalizer,
  isLocalPathVolume,
  localPath,
  volumeAnnotations,
  volumeProtectionFinalizer,
} from './volumes/volume-names.ts'
