import type { Inspection, KindInfo } from '@quarterdeck/trpc'
import { useState } from 'react'

import { api, type ApiError } from '../api/trpc.ts'
import { useLive } from '../api/use-live.ts'
import type { AnyObject } from './any-object.ts'

/** Everything that is known of one object; undefined parts are on their way. */
export interface InspectionState {
  /** The object as it is, or as it was when it was deleted. */
  object: AnyObject | undefined
  isGone: boolean
  yaml: string
  state: NonNullable<Inspection['state']> | undefined
  related: NonNullable<Inspection['related']> | undefined
  events: NonNullable<Inspection['events']> | undefined
  /** Null while it is not known; undefined of kinds that use nothing. */
  usage: Inspection['usage']
}

const nothing: InspectionState = {
  object: undefined,
  isGone: false,
  yaml: '',
  state: undefined,
  related: undefined,
  events: undefined,
  usage: undefined,
}

/** Follows one object. */
export function useInspection(
  kind: KindInfo,
  key: { namespace: string; name: string },
  reveal: boolean,
): InspectionState & { error: ApiError | undefined } {
  const [inspection, setInspection] = useState(nothing)
  const error = useLive<Inspection>(
    JSON.stringify([kind.resource, key, reveal]),
    (handlers) => api.objects.inspect.subscribe({ apiVersion: kind.apiVersion, plural: kind.plural, ...key, reveal }, handlers),
    (message) => setInspection((before) => merge(before, message)),
  )
  return { ...inspection, error }
}

function merge(before: InspectionState, message: Inspection): InspectionState {
  return {
    object: message.object ?? before.object,
    isGone: message.object === undefined ? before.isGone : message.object === null,
    yaml: message.yaml ?? before.yaml,
    state: message.state === undefined ? before.state : (message.state ?? undefined),
    related: message.related ?? before.related,
    events: message.events ?? before.events,
    usage: message.usage === undefined ? before.usage : message.usage,
  }
}
