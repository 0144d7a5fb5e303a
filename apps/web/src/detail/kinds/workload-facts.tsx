import type { Deployment, StatefulSet, V1DaemonSet, V1LabelSelector } from '@quarterdeck/api'

import { Age } from '../../console/time.tsx'
import { Pairs, type Fact } from '../facts.tsx'
import { ObjectRef } from './object-ref.tsx'

export function deploymentFacts({ metadata, spec, status }: Deployment): Fact[] {
  const { type = 'RollingUpdate', rollingUpdate } = spec.strategy ?? {}
  const { readyReplicas = 0, updatedReplicas = 0, availableReplicas = 0, unavailableReplicas } = status
  return [
    ['Replicas', `${spec.replicas ?? 1} wanted · ${readyReplicas} ready · ${updatedReplicas} up to date · ${availableReplicas} available`],
    ['Unavailable', unavailableReplicas],
    ['Revision', metadata.annotations?.['deployment.kubernetes.io/revision']],
    ['Rollouts', spec.paused && 'paused: changes of the template wait until it is resumed'],
    [
      'Strategy',
      type === 'RollingUpdate'
        ? `rolling update, at most ${rollingUpdate?.maxSurge ?? '25%'} more and ${rollingUpdate?.maxUnavailable ?? '25%'} fewer pods`
        : 'recreate: all pods end before new ones start',
    ],
    ['Ready for', spec.minReadySeconds ? `${spec.minReadySeconds} s before a pod counts as available` : undefined],
    ['Gives up after', `${spec.progressDeadlineSeconds ?? 600} s without progress`],
    ['Selector', <Selector key="selector" selector={spec.selector} />],
  ]
}

export function statefulSetFacts({ metadata, spec, status }: StatefulSet): Fact[] {
  const { type = 'RollingUpdate', rollingUpdate } = spec.updateStrategy ?? {}
  const { readyReplicas = 0, updatedReplicas = 0, availableReplicas = 0, currentRevision, updateRevision } = status ?? {}
  const retention = spec.persistentVolumeClaimRetentionPolicy
  const { partition = 0, maxUnavailable } = rollingUpdate ?? {}
  return [
    ['Replicas', `${spec.replicas ?? 1} wanted · ${readyReplicas} ready · ${updatedReplicas} up to date · ${availableReplicas} available`],
    ['Revision', currentRevision === updateRevision ? currentRevision : `${currentRevision ?? 'none'} → ${updateRevision ?? 'none'}`],
    [
      'Updates',
      type === 'OnDelete'
        ? 'when a pod is deleted (OnDelete)'
        : [
            'rolling, from the last pod to the first',
            partition > 0 && `down to ordinal ${partition}`,
            maxUnavailable !== undefined && `${maxUnavailable} at a time`,
          ]
            .filter(Boolean)
            .join(', '),
    ],
    ['Pods start', spec.podManagementPolicy === 'Parallel' ? 'all at once (Parallel)' : 'one after the other (OrderedReady)'],
    ['First ordinal', spec.ordinals?.start],
    [
      'Service',
      spec.serviceName && (
        <ObjectRef key="service" resource="services" namespace={metadata.namespace} name={spec.serviceName}>
          {spec.serviceName}
        </ObjectRef>
      ),
    ],
    [
      'Claim templates',
      spec.volumeClaimTemplates && spec.volumeClaimTemplates.length > 0 && (
        <ul key="claims">
          {spec.volumeClaimTemplates.map((claim) => (
            <li key={claim.metadata?.name}>
              {claim.metadata?.name}{' '}
              <span className="text-muted">
                {claim.spec?.resources?.requests?.['storage']} {claim.spec?.storageClassName}
              </span>
            </li>
          ))}
        </ul>
      ),
    ],
    [
      'Its claims',
      spec.volumeClaimTemplates?.length &&
        `${wordOf(retention?.whenDeleted)} when it is deleted, ${wordOf(retention?.whenScaled)} when it is scaled down`,
    ],
    ['Selector', <Selector key="selector" selector={spec.selector} />],
  ]
}

const wordOf = (policy: string | undefined): string => (policy === 'Delete' ? 'deleted' : 'kept')

export function daemonSetFacts({ spec, status }: V1DaemonSet): Fact[] {
  const {
    desiredNumberScheduled = 0,
    currentNumberScheduled = 0,
    numberReady = 0,
    updatedNumberScheduled = 0,
    numberAvailable = 0,
  } = status ?? {}
  const { type = 'RollingUpdate', rollingUpdate } = spec?.updateStrategy ?? {}
  const nodeSelector = spec?.template.spec?.nodeSelector
  return [
    [
      'Nodes',
      `${desiredNumberScheduled} wanted · ${currentNumberScheduled} have a pod · ${numberReady} ready · ${updatedNumberScheduled} up to date · ${numberAvailable} available`,
    ],
    ['Where it should not be', status?.numberMisscheduled ? `${status.numberMisscheduled} nodes` : undefined],
    [
      'Updates',
      type === 'OnDelete'
        ? 'when a pod is deleted (OnDelete)'
        : `rolling, at most ${rollingUpdate?.maxUnavailable ?? 1} unavailable, ${rollingUpdate?.maxSurge ?? 0} more`,
    ],
    ['Node selector', nodeSelector && <Pairs key="nodes" pairs={nodeSelector} />],
    ['Selector', <Selector key="selector" selector={spec?.selector} />],
  ]
}

/** Equalities as labels, the rest in words. */
export function Selector({ selector }: { selector: V1LabelSelector | undefined }) {
  const { matchLabels = {}, matchExpressions = [] } = selector ?? {}
  const isEmpty = Object.keys(matchLabels).length === 0 && matchExpressions.length === 0
  if (!selector || isEmpty) return selector ? 'everything' : 'nothing'
  return (
    <div className="flex flex-col gap-1">
      <Pairs pairs={matchLabels} />
      {matchExpressions.map(({ key, operator, values }) => (
        <code key={`${key}${operator}`} className="font-mono text-xs">
          {key} {operator} {values?.join(', ')}
        </code>
      ))}
    </div>
  )
}

/** A point of time and how long ago it was. */
export function Since({ time }: { time: string | undefined }) {
  return time ? (
    <>
      <Age time={time} /> ago
    </>
  ) : undefined
}
