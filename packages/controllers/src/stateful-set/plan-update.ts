import { resolveCount, type Pod, type StatefulSet } from '@quarterdeck/api'

import { isAvailable, isTerminating } from '../pods/pod-state.ts'
import { revisionNameOf } from './identity.ts'

interface Update {
  set: StatefulSet
  updateRevision: string
  nowMs: number
}

/** The pods to be made anew of the newest template, highest ordinal first; `wanted` are in the order of ordinals. */
export function planUpdate(update: Update, wanted: readonly (Pod | undefined)[]): Pod[] {
  const { type, rollingUpdate } = update.set.spec.updateStrategy ?? {}
  if (type === 'OnDelete') return []
  const above = wanted.slice(rollingUpdate?.partition ?? 0).toReversed()
  const maxUnavailable = rollingUpdate?.maxUnavailable
  if (maxUnavailable === undefined) return planOneByOne(update, above)
  const room = Math.max(1, resolveCount(maxUnavailable, wanted.length, Math.floor))
  return planWithin(room - wanted.filter((pod) => isUnavailable(update, pod)).length, update, above)
}

/** The highest outdated one, once all above it are available. */
function planOneByOne(update: Update, above: readonly (Pod | undefined)[]): Pod[] {
  for (const pod of above) {
    if (pod && isOutdated(update, pod)) return [pod]
    if (isUnavailable(update, pod)) return []
  }
  return []
}

/** As many available ones as there is room for. An outdated pod that is unavailable anyway takes none. */
function planWithin(room: number, update: Update, above: readonly (Pod | undefined)[]): Pod[] {
  let left = room
  return above.filter((pod): pod is Pod => {
    if (!pod || !isOutdated(update, pod)) return false
    return isUnavailable(update, pod) || left-- > 0
  })
}

function isOutdated({ updateRevision }: Update, pod: Pod): boolean {
  return revisionNameOf(pod) !== updateRevision && !isTerminating(pod)
}

function isUnavailable({ set, nowMs }: Update, pod: Pod | undefined): boolean {
  return !pod || isTerminating(pod) || !isAvailable(pod, set.spec.minReadySeconds ?? 0, nowMs)
}

/** Whether a new pod of the ordinal is still of the template before the update. */
export function isBeforeUpdate({ spec, status }: StatefulSet, ordinal: number): boolean {
  const { type, rollingUpdate } = spec.updateStrategy ?? {}
  const index = ordinal - (spec.ordinals?.start ?? 0)
  if (rollingUpdate) return index < (rollingUpdate.partition ?? 0)
  return type === 'RollingUpdate' && index < (status.currentReplicas ?? 0)
}
