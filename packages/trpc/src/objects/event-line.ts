import type { Event } from '@quarterdeck/api'

/** An event as lists show it. */
export interface EventLine {
  uid: string
  type: string
  reason: string
  message: string
  count: number
  /** RFC 3339. */
  lastSeen: string
  source: string
}

export function eventLine(event: Event): EventLine {
  return {
    uid: event.metadata.uid,
    type: event.type ?? 'Normal',
    reason: event.reason ?? '',
    message: event.message ?? '',
    count: event.series?.count ?? event.count ?? 1,
    lastSeen: event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp,
    source: event.source?.component ?? event.reportingComponent ?? '',
  }
}
