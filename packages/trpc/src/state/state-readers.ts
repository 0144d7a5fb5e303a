import {
  cronJobs,
  daemonSets,
  deployments,
  jobs,
  namespaces,
  nodes,
  persistentVolumeClaims,
  persistentVolumes,
  podDisruptionBudgets,
  pods,
  replicaSets,
  replicationControllers,
  resourceClaims,
  resourceQuotas,
  serviceCidrs,
  statefulSets,
  storageClasses,
  volumeAttachments,
  events,
  eventsV1,
} from '@quarterdeck/api'

import { cronJobState, jobState } from './batch-states.ts'
import { deviceClaimState, serviceCidrState } from './device-states.ts'
import { namespaceState, nodeState } from './object-states.ts'
import { podState } from './pod-state.ts'
import { autoscalerState, budgetState, quotaState } from './policy-states.ts'
import { deploymentState, replicasState } from './replica-states.ts'
import type { Around, State } from './state.ts'
import { attachmentState, claimState, storageClassState, volumeState } from './storage-states.ts'
import { daemonSetState, statefulSetState } from './workload-states.ts'

/** How to read the state of each kind that has one, by resource. */
export const stateReaders: Readonly<Record<string, (object: never, around: Around) => State | undefined>> = {
  [pods.resource]: podState,
  [deployments.resource]: deploymentState,
  [statefulSets.resource]: statefulSetState,
  [daemonSets.resource]: daemonSetState,
  [jobs.resource]: jobState,
  [cronJobs.resource]: cronJobState,
  'horizontalpodautoscalers.autoscaling': autoscalerState,
  [podDisruptionBudgets.resource]: budgetState,
  [resourceQuotas.resource]: quotaState,
  [replicaSets.resource]: replicasState,
  [replicationControllers.resource]: replicasState,
  [nodes.resource]: nodeState,
  [persistentVolumeClaims.resource]: claimState,
  [persistentVolumes.resource]: volumeState,
  [storageClasses.resource]: storageClassState,
  [volumeAttachments.resource]: attachmentState,
  [resourceClaims.resource]: deviceClaimState,
  [serviceCidrs.resource]: serviceCidrState,
  [namespaces.resource]: namespaceState,
  [events.resource]: eventState,
  [eventsV1.resource]: eventState,
}

function eventState({ type }: { type?: string }): State {
  return type === 'Warning' ? { text: 'Warning', tone: 'warning' } : { text: type ?? 'Normal', tone: 'neutral' }
}
