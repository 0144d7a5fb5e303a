import type { ReplicaSet } from '@quarterdeck/api'
import { controllerOf, type KubeObject } from '@quarterdeck/api-machinery'

import type { LiveKind, RowChange } from './live-kind.ts'
import type { PodTroubles } from './pod-troubles.ts'
import type { Surroundings } from './surroundings.ts'

const revisionAnnotation = 'deployment.kubernetes.io/revision'

/** Around what owns pods itself: the trouble of these. */
export function podOwnerSurroundings(troubles: PodTroubles, onClose: () => void): Surroundings {
  let stop: (() => void) | undefined
  return {
    of: ({ metadata: { uid } }) => ({ trouble: troubles.of(uid) }),
    listen: (listener) => void (stop = troubles.listen(listener)),
    close: () => {
      stop?.()
      onClose()
    },
  }
}

/** Around a Deployment: the trouble of the pods of its newest ReplicaSet. */
export function deploymentSurroundings(replicaSets: LiveKind, troubles: PodTroubles, onClose: () => void): Surroundings {
  const byDeployment = new Map<string, Map<string, number>>()
  const take = ({ before, after }: RowChange): string[] => {
    const [old, now] = [before && ownerOf(before.object), after && ownerOf(after.object)]
    if (old && old.uid !== now?.uid) {
      const sets = byDeployment.get(old.uid)
      sets?.delete(before!.stored.uid)
      if (sets?.size === 0) byDeployment.delete(old.uid)
    }
    if (now) {
      let sets = byDeployment.get(now.uid)
      if (!sets) byDeployment.set(now.uid, (sets = new Map()))
      sets.set(after!.stored.uid, revisionOf(after!.object))
    }
    return [old, now].flatMap((owner) => owner?.key ?? [])
  }
  for (const after of replicaSets.rows()) take({ before: undefined, after })
  let tell: (keys: Iterable<string>) => void = () => {}
  const stops = [
    replicaSets.follow((changes) => tell(new Set(changes.flatMap(take)))),
    troubles.listen((keys) => {
      const owners = [...keys].flatMap((key) => ownerOf(replicaSets.byKey(key)?.object)?.key ?? [])
      if (owners.length > 0) tell(new Set(owners))
    }),
  ]
  return {
    of: ({ metadata: { uid } }) => {
      const newest = newestOf(byDeployment.get(uid))
      return { trouble: newest === undefined ? null : troubles.of(newest) }
    },
    listen: (listener) => void (tell = listener),
    close: () => {
      for (const stop of stops) stop()
      onClose()
    },
  }
}

function ownerOf(object: KubeObject | undefined): { uid: string; key: string } | undefined {
  const owner = object && controllerOf(object)
  return owner && { uid: owner.uid, key: `${object.metadata.namespace ?? ''}/${owner.name}` }
}

function revisionOf(object: KubeObject): number {
  return Number((object as ReplicaSet).metadata.annotations?.[revisionAnnotation]) || 0
}

function newestOf(sets: ReadonlyMap<string, number> = new Map()): string | undefined {
  let newest: string | undefined
  let highest = -1
  for (const [uid, revision] of sets) if (revision > highest) [newest, highest] = [uid, revision]
  return newest
}
