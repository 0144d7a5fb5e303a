import type { KubeObject, Namespaced } from '@quarterdeck/api-machinery'

import type { EventsV1Event } from '../generated/types.ts'
import { defineKind, type Column } from '../kind.ts'
import { validateEventV1, validateEventV1Create, validateEventV1Update } from '../validation/event.ts'
import { eventColumns, events, involvedFields, type Event } from './event.ts'

export type EventV1 = Namespaced<EventsV1Event>

/** events.k8s.io/v1 shows the events that core/v1 stores, under its own field names. */
export const eventsV1 = defineKind<EventV1>({
  group: 'events.k8s.io',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  scope: 'Namespaced',
  model: 'EventsV1Event',
  shortNames: ['ev'],
  columns: eventColumns.map((column): Column<EventV1> => ({ ...column, value: (o, now) => column.value(toCore(o), now) })),
  selectableFields: {
    ...Object.fromEntries(involvedFields.map((field) => [`regarding.${field}`, (o: EventV1) => o.regarding?.[field] ?? ''])),
    reason: (o) => o.reason ?? '',
    reportingController: (o) => o.reportingController ?? '',
    type: (o) => o.type ?? '',
  },
  validate: (o) => validateEventV1(toCore(o)),
  validateCreate: (o) => validateEventV1Create(toCore(o)),
  validateUpdate: (o, old) => validateEventV1Update(toCore(o), toCore(old)),
  storedAs: { kind: events, toStored: toCore, fromStored: (object) => fromCore(object as Event) },
})

function toCore(event: EventV1): Event {
  const {
    regarding,
    note,
    reportingController,
    deprecatedCount,
    deprecatedFirstTimestamp,
    deprecatedLastTimestamp,
    deprecatedSource,
    ...same
  } = event
  return {
    ...same,
    apiVersion: events.apiVersion,
    kind: events.kind,
    involvedObject: regarding ?? {},
    message: note,
    reportingComponent: reportingController ?? '',
    reportingInstance: event.reportingInstance ?? '',
    count: deprecatedCount,
    firstTimestamp: deprecatedFirstTimestamp,
    lastTimestamp: deprecatedLastTimestamp,
    source: deprecatedSource,
  }
}

function fromCore(event: Event): EventV1 {
  const { involvedObject, message, reportingComponent, count, firstTimestamp, lastTimestamp, source, ...same } = event
  return {
    ...same,
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    regarding: involvedObject,
    note: message,
    reportingController: reportingComponent,
    deprecatedCount: count,
    deprecatedFirstTimestamp: firstTimestamp,
    deprecatedLastTimestamp: lastTimestamp,
    deprecatedSource: source,
  } as unknown as EventV1 & KubeObject
}
