import type { PodInfo } from '../cache/pod-info.ts'
import type { Profile } from '../framework/profile.ts'

export interface QueuedPod {
  pod: PodInfo
  profile: Profile
  /** When it was first queued, in ms since the epoch; no two are the same. */
  queuedAtMs: number
  attempts: number
  /** When its last attempt failed. */
  failedAtMs: number
  /** Plugins that turned it away in the last attempt, or keep it from being queued; empty: there were no nodes. */
  rejectedBy: ReadonlySet<string>
}
