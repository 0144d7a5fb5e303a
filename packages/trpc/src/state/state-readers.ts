import {
  deployments,
  namespaces,
  nodes,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  replicaSets,
  replicationControllers,
  events,
  eventsV1,
  type Kind,
} from '@quarterdeck/api'

import { deploymentState, namespaceState, nodeState, replicasState } from './object-states.ts'
import { podState } from './pod-state.ts'
import type { State } from './state.ts'
import { claimState, volumeState } from './storage-states.ts'

/** How to read the state of each kind that has one, by resource. */
export const stateReaders: Readonly<Record<string, (object: never, kind: Kind) => State | undefined>> = {
  [pods.resource]: podState,
  [deployments.resource]: deploymentState,
  [replicaSets.resource]: replicasState,
  [replicationControllers.resource]: replicasState,
  [nodes.resource]: nodeState,
  [persistentVolumeClaims.resource]: claimState,
  [persistentVolumes.resource]: volumeState,
  [namespaces.resource]: namespaceState,
  [events.resource]: eventState,
  [eventsV1.resource]: eventState,
}

function eventState({ type }: { type?: string }): State {
  return type === 'Warning' ? { text: 'Warning', tone: 'warning' } : { text: type ?? 'Normal', tone: 'neutral' }
}
