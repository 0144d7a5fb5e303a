import type { Namespaced } from '@quarterdeck/api-machinery'

import type { CoreV1Event } from '../generated/types.ts'
import { defineKind, type Column } from '../kind.ts'
import { validateEvent } from '../validation/event.ts'

export type Event = Namespaced<CoreV1Event>

/** When the event was last seen; RFC 3339. */
export function lastSeenOf(event: Event): string {
  return event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp
}

function objectText({ involvedObject }: Event): string {
  const kind = (involvedObject.kind ?? '').toLowerCase()
  return involvedObject.name ? `${kind}/${involvedObject.name}` : kind
}

export const eventColumns: readonly Column<Event>[] = [
  { name: 'Last Seen', type: 'date', description: 'When it was last seen.', priority: 0, value: lastSeenOf },
  { name: 'Type', type: 'string', description: 'Normal or Warning.', priority: 0, value: (o) => o.type ?? '' },
  { name: 'Reason', type: 'string', description: 'Why it happened, in one word.', priority: 0, value: (o) => o.reason ?? '' },
  { name: 'Object', type: 'string', description: 'What it is about.', priority: 0, value: objectText },
  {
    name: 'Subobject',
    type: 'string',
    description: 'The part of the object it is about.',
    priority: 1,
    value: (o) => o.involvedObject.fieldPath ?? '',
  },
  {
    name: 'Source',
    type: 'string',
    description: 'Who reports it.',
    priority: 1,
    value: (o) => [o.source?.component ?? o.reportingComponent ?? '', o.source?.host ?? ''].filter(Boolean).join(', '),
  },
  { name: 'Message', type: 'string', description: 'What happened.', priority: 0, value: (o) => (o.message ?? '').trim() },
  {
    name: 'First Seen',
    type: 'date',
    description: 'When it was first seen.',
    priority: 1,
    value: (o) => o.firstTimestamp ?? o.eventTime ?? o.metadata.creationTimestamp,
  },
  { name: 'Count', type: 'integer', description: 'How often it was seen.', priority: 1, value: (o) => o.series?.count ?? o.count ?? 1 },
  { name: 'Name', type: 'string', format: 'name', description: 'Name of the event.', priority: 1, value: (o) => o.metadata.name },
]

/** What events may be selected by of the object that they are about. */
export const involvedFields = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'] as const

export const events = defineKind<Event>({
  group: '',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  scope: 'Namespaced',
  model: 'CoreV1Event',
  shortNames: ['ev'],
  columns: eventColumns,
  selectableFields: {
    ...Object.fromEntries(involvedFields.map((field) => [`involvedObject.${field}`, (o: Event) => o.involvedObject[field] ?? ''])),
    reason: (o) => o.reason ?? '',
    reportingComponent: (o) => o.reportingComponent ?? '',
    source: (o) => o.source?.component ?? o.reportingComponent ?? '',
    type: (o) => o.type ?? '',
  },
  validate: validateEvent,
})
