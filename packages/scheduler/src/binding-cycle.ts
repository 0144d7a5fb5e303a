import type { PodInfo } from './cache/pod-info.ts'
import type { Placement } from './cycle/scheduling-cycle.ts'
import type { Profile } from './framework/profile.ts'
import { isRejection } from './framework/plugin.ts'
import type { Rejection } from './framework/rejection.ts'
import type { WaitingPermits } from './waiting-permits.ts'

/** A plugin turned a placed Pod away: the placing must be undone, and the Pod waits for an event that may help. */
export interface TurnedAway {
  plugin: string
  rejection: Rejection
}

/** The plugins that hold what a placed Pod takes, and those that may delay it. Synchronous; what it returns must be awaited before binding. */
export function reserveAndPermit(
  pod: PodInfo,
  profile: Profile,
  { nodeName, state }: Placement,
): TurnedAway | { waits: Map<string, number> } {
  for (const plugin of profile.reserve) {
    const rejected = plugin.reserve?.(pod, nodeName, state)
    if (rejected) return { plugin: plugin.name, rejection: rejected }
  }
  const waits = new Map<string, number>()
  for (const plugin of profile.permit) {
    const answer = plugin.permit(pod, nodeName, state)
    if (isRejection(answer)) return { plugin: plugin.name, rejection: answer }
    if (answer) waits.set(plugin.name, answer.waitMs)
  }
  return { waits }
}

export interface BindOptions {
  profile: Profile
  waits: ReadonlyMap<string, number>
  permits: WaitingPermits
  signal: AbortSignal
  /** Called when all is prepared: from then on it only waits for the binding to be stored. */
  onPrepared(): void
  /** A promise if something must be over before the Pod is bound. */
  beforeBind(pod: PodInfo): Promise<void> | undefined
}

/** Waits for permission, prepares, and binds. Rejects if something failed. */
export async function bindPod(
  pod: PodInfo,
  { nodeName, state }: Placement,
  { profile, waits, permits, signal, onPrepared, beforeBind }: BindOptions,
): Promise<TurnedAway | undefined> {
  if (waits.size > 0) {
    const refused = await permits.wait(pod, nodeName, waits)
    if (refused) return refused
  }
  for (const plugin of profile.preBind) {
    const preparing = plugin.preBind(pod, nodeName, { state, signal })
    const rejected = preparing && (await preparing)
    if (rejected) return { plugin: plugin.name, rejection: rejected }
  }
  onPrepared()
  const unfinished = beforeBind(pod)
  if (unfinished) await unfinished
  const extender = profile.extenders.find((candidate) => candidate.binds && candidate.isInterestedIn(pod))
  if (extender) await extender.bind(pod, nodeName)
  else for (const plugin of profile.bind) if (await plugin.bind(pod, nodeName, state)) break
  for (const plugin of profile.postBind) plugin.postBind(pod, nodeName, state)
  return undefined
}

export function unreserve(pod: PodInfo, profile: Profile, { nodeName, state }: Placement): void {
  for (const plugin of profile.reserve.toReversed()) plugin.unreserve?.(pod, nodeName, state)
}
