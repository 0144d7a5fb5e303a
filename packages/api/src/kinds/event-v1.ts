import type { Namespaced } from '@quarterdeck/api-machinery'

import type { EventsV1Event } from '../generated/types.ts'
import { defineKind } from '../kind.ts'

export type EventV1 = Namespaced<EventsV1Event>

export const eventsV1 = defineKind<EventV1>({
  group: 'events.k8s.io',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  scope: 'Namespaced',
  model: 'EventsV1Event',
  shortNames: ['ev'],
})
