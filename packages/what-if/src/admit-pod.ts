import {
  defaultClassOf,
  persistentVolumeClaims,
  pods,
  priorityClasses,
  storageClasses,
  type PersistentVolumeClaim,
  type Pod,
  type StatefulSet,
} from '@quarterdeck/api'
import type { Draft } from '@quarterdeck/api-machinery'
import { claimsOfSet } from '@quarterdeck/controllers'
import type { Sandbox } from '@quarterdeck/scheduler'

/** A Pod as the server would take it in, as far as the scheduler looks: with its defaults and its priority. */
export function admitPod(draft: Draft<Pod>, { caches }: Sandbox): Pod {
  const { generateName = '', name = `${generateName}new` } = draft.metadata
  const namespace = draft.metadata.namespace ?? ''
  const pod = structuredClone({
    ...draft,
    apiVersion: pods.apiVersion,
    kind: pods.kind,
    metadata: { ...draft.metadata, name, namespace, ...stamps(`${namespace}/${name} admitted`) },
    status: { phase: 'Pending' },
  }) as Pod
  pods.applyDefaults(pod)
  const classes = caches.cache(priorityClasses)
  const { priorityClassName } = pod.spec
  const priorityClass = priorityClassName
    ? classes.get({ namespace: '', name: priorityClassName })
    : classes.list().find(({ globalDefault }) => globalDefault)
  pod.spec.priority ??= priorityClass?.value ?? 0
  pod.spec.preemptionPolicy ??= priorityClass?.preemptionPolicy ?? 'PreemptLowerPriority'
  return pod
}

const stamps = (uid: string) => ({ uid, resourceVersion: '0', creationTimestamp: new Date().toISOString() })

/** The claims that a StatefulSet makes for a new Pod, where they are not there already. */
export function admitClaims(set: StatefulSet, ordinal: number, { caches }: Sandbox): void {
  for (const draft of claimsOfSet(set, ordinal)) {
    const { name } = draft.metadata
    const namespace = draft.metadata.namespace ?? ''
    if (name === undefined || caches.cache(persistentVolumeClaims).get({ namespace, name })) continue
    const claim = {
      ...draft,
      apiVersion: persistentVolumeClaims.apiVersion,
      kind: persistentVolumeClaims.kind,
      metadata: { ...draft.metadata, name, namespace, ...stamps(`claim ${namespace}/${name}`) },
      status: { phase: 'Pending' },
    } as PersistentVolumeClaim
    persistentVolumeClaims.applyDefaults(claim)
    claim.spec.storageClassName ??= defaultClassOf(caches.cache(storageClasses).list())?.metadata.name
    caches.set(persistentVolumeClaims, claim)
  }
}
