import {
  deployments,
  replicaSets,
  replicationControllers,
  statefulSets,
  type Deployment,
  type Kind,
  type Pod,
  type ReplicaSet,
  type StatefulSet,
} from '@quarterdeck/api'
import { ApiError, controllerOf, type KubeObject } from '@quarterdeck/api-machinery'
import { isSameTemplate, ordinalOf, podFromTemplate, podOfSet, podsToDelete, startOf } from '@quarterdeck/controllers'

import { admitClaims, admitPod } from '../admit-pod.ts'
import type { Step } from '../question.ts'
import { replacementOf, type Scenario } from '../scenario.ts'

type ScaleStep = Extract<Step, { action: 'scale' }>

const kinds: Readonly<Record<ScaleStep['kind'], Kind>> = {
  Deployment: deployments,
  ReplicaSet: replicaSets,
  StatefulSet: statefulSets,
  ReplicationController: replicationControllers,
}

/** As its controller would: the missing Pods come, or the ones that cost least go. Throws NotFound. */
export async function scaleWorkload(scenario: Scenario, step: ScaleStep): Promise<void> {
  const { caches } = scenario.sandbox
  const kind = kinds[step.kind]
  const found = caches.cache(kind).get({ namespace: step.namespace, name: step.name })
  if (!found)
    throw new ApiError('NotFound', `${kind.resource} ${JSON.stringify(step.name)} not found in namespace ${JSON.stringify(step.namespace)}`)
  // Shares of disruption budgets are of what is wanted now.
  caches.set(kind, { ...found, spec: { ...(found as { spec?: object }).spec, replicas: step.replicas } } as KubeObject)
  if (step.kind === 'StatefulSet') scaleSet(scenario, found as StatefulSet, step.replicas)
  else scaleReplicas(scenario, found, step)
  await scenario.settle()
}

function scaleReplicas(scenario: Scenario, workload: KubeObject, { kind, replicas }: ScaleStep): void {
  const sets = kind === 'Deployment' ? replicaSetsOf(scenario, workload as Deployment) : [workload as ReplicaSet]
  const [newest] = sets
  if (!newest)
    throw new ApiError(
      'Conflict',
      `deployments ${JSON.stringify(workload.metadata.name)} has made no pods yet: its first rollout has not begun`,
    )
  const pods = podsOwnedBy(scenario, new Set(sets.map(({ metadata }) => metadata.uid)))
  for (const pod of podsToDelete(pods, Math.max(0, pods.length - replicas), { related: pods, nowMs: Date.now() })) remove(scenario, pod)
  const sibling = pods.find((pod) => controllerOf(pod)?.uid === newest.metadata.uid)
  const owning = kind === 'ReplicationController' ? replicationControllers : replicaSets
  for (let count = pods.length; count < replicas; count++) {
    const { template } = newest.spec
    if (!sibling && !template) break
    const pod = sibling ? replacementOf(sibling, -count) : admitPod(podFromTemplate(newest, owning, template ?? {}), scenario.sandbox)
    const name = `${newest.metadata.name}-new-${count + 1}`
    scenario.follow({ ...pod, metadata: { ...pod.metadata, name, uid: `${newest.metadata.uid} scaled ${count}` } }, 'scale')
  }
}

/** Those of a Deployment, the one of its template first. */
function replicaSetsOf({ sandbox }: Scenario, deployment: Deployment): ReplicaSet[] {
  const owned = sandbox.caches.cache(replicaSets).ownedBy(deployment)
  const isCurrent = ({ spec }: ReplicaSet): boolean => isSameTemplate(spec.template, deployment.spec.template)
  return owned.toSorted(
    (a, b) => Number(isCurrent(b)) - Number(isCurrent(a)) || (a.metadata.creationTimestamp < b.metadata.creationTimestamp ? 1 : -1),
  )
}

/** Ordinals come from the lowest, and go from the highest. */
function scaleSet(scenario: Scenario, set: StatefulSet, replicas: number): void {
  const pods = podsOwnedBy(scenario, new Set([set.metadata.uid]))
  const known = new Map(pods.map((pod) => [ordinalOf(set, pod), pod]))
  const first = startOf(set)
  for (const [ordinal, pod] of known) if (ordinal >= first + replicas) remove(scenario, pod)
  const revision = set.status.updateRevision ?? ''
  for (let ordinal = first; ordinal < first + replicas; ordinal++) {
    if (known.has(ordinal)) continue
    admitClaims(set, ordinal, scenario.sandbox)
    scenario.follow(admitPod(podOfSet(set, ordinal, { revision, template: set.spec.template }), scenario.sandbox), 'scale')
  }
}

function remove(scenario: Scenario, pod: Pod): void {
  const from = scenario.leave(pod)
  scenario.gone.push({ ...scenario.named(pod), node: from ?? '', why: 'scaled down' })
}

/** Those that are not going already. */
function podsOwnedBy({ sandbox: { core } }: Scenario, owners: ReadonlySet<string>): Pod[] {
  const isOwned = (pod: Pod): boolean => owners.has(controllerOf(pod)?.uid ?? '') && !pod.metadata.deletionTimestamp
  const pods: Pod[] = []
  for (const node of core.cache.nodes) for (const { pod } of node.pods.values()) if (isOwned(pod)) pods.push(pod)
  for (const { pod } of core.pending) if (isOwned(pod.pod)) pods.push(pod.pod)
  return pods
}
