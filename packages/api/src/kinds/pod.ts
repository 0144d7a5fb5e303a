import type { Namespaced } from '@quarterdeck/api-machinery'

import type { V1Pod } from '../generated/types.ts'
import { defineKind } from '../kind.ts'
import { applyPodSpecDefaults } from '../pod-spec/defaults.ts'
import { mergeLabelKeys } from '../pod-spec/merge-label-keys.ts'
import { podColumns } from '../pod-spec/pod-columns.ts'
import { hostnameWarnings, podWarnings } from '../pod-spec/pod-warnings.ts'
import { qualityOfServiceOf } from '../pod-spec/quality-of-service.ts'
import { validatePod, validatePodCreate, validatePodUpdate } from '../pod-spec/validate-pod.ts'
import { validatePodStatusUpdate } from '../pod-spec/validate-pod-status.ts'

export type Pod = Namespaced<V1Pod, 'spec' | 'status'>

/** Whether its containers have all ended for good. */
export function isPodFinished(pod: Pod): boolean {
  return pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed'
}

export const pods = defineKind<Pod>({
  group: '',
  version: 'v1',
  kind: 'Pod',
  plural: 'pods',
  scope: 'Namespaced',
  model: 'V1Pod',
  shortNames: ['po'],
  categories: ['all'],
  hasStatus: true,
  hasGeneration: true,
  columns: podColumns,
  selectableFields: {
    'spec.nodeName': (o) => o.spec.nodeName ?? '',
    'spec.restartPolicy': (o) => o.spec.restartPolicy ?? '',
    'spec.schedulerName': (o) => o.spec.schedulerName ?? '',
    'spec.serviceAccountName': (o) => o.spec.serviceAccountName ?? '',
    'spec.hostNetwork': (o) => String(o.spec.hostNetwork ?? false),
    'status.phase': (o) => o.status.phase ?? '',
    'status.podIP': (o) => o.status.podIP ?? '',
    'status.nominatedNodeName': (o) => o.status.nominatedNodeName ?? '',
  },
  applyDefaults(object) {
    if (!object.spec) return
    applyPodSpecDefaults(object.spec)
    object.spec.enableServiceLinks ??= true
    // A kubelet that leaves the class out of a status does not mean to take it away: it follows from the spec.
    if (object.status && object.spec.containers) object.status.qosClass ??= qualityOfServiceOf(object.spec)
  },
  prepareForCreate(object) {
    object.status = { phase: 'Pending' }
    if (object.spec?.containers) object.status.qosClass = qualityOfServiceOf(object.spec)
    if (object.spec) mergeLabelKeys(object.spec, object.metadata?.labels)
    if (object.spec?.schedulingGates?.length) {
      object.status.conditions = [
        {
          type: 'PodScheduled',
          status: 'False',
          reason: 'SchedulingGated',
          message: 'Scheduling is blocked due to non-empty scheduling gates',
        },
      ]
    }
  },
  validate: validatePod,
  // Those who change pods are no people, mostly.
  warnings: ({ metadata, spec }, old) =>
    old ? [] : [...hostnameWarnings(metadata.name, "in the Pod's hostname"), ...podWarnings(spec, metadata)],
  validateCreate: validatePodCreate,
  validateUpdate: validatePodUpdate,
  validateStatusUpdate: validatePodStatusUpdate,
  gracePeriodSeconds: gracePeriodOf,
})

/** A pod that is on no node, or has ended, has nobody to wait for, whatever is asked. A negative period counts as a second. */
function gracePeriodOf(pod: Pod, requestedSeconds: number | undefined): number {
  if (!pod.spec.nodeName || isPodFinished(pod)) return 0
  const seconds = requestedSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30
  return seconds < 0 ? 1 : seconds
}
