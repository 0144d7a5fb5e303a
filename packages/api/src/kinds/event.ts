import type { Namespaced } from '@quarterdeck/api-machinery'

import type { CoreV1Event } from '../generated/types.ts'
import { defineKind } from '../kind.ts'

export type Event = Namespaced<CoreV1Event>

export const events = defineKind<Event>({
  group: '',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  scope: 'Namespaced',
  model: 'CoreV1Event',
  shortNames: ['ev'],
})
