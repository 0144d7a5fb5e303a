import type { KindInfo, ObjectEvent } from '@quarterdeck/trpc'
import { useRef, useState } from 'react'

import { api, type ApiError } from './trpc.ts'
import { useLive } from './use-live.ts'

type Watched = Exclude<ObjectEvent, { type: 'BOOKMARK' }>['object']

interface WatchedQuery extends Pick<KindInfo, 'apiVersion' | 'plural'> {
  namespace: string
  labelSelector: string
}

const initialEventsEnd = 'k8s.io/initial-events-end'

/** Follows whole objects that a selector fits; for few of them. Undefined until all that are there have come. */
export function useWatched<T extends Watched>(query: WatchedQuery): { objects: readonly T[] | undefined; error: ApiError | undefined } {
  const [objects, setObjects] = useState<readonly T[]>()
  /** What this connection has told; before it has told all, what an earlier one told is shown. */
  const told = useRef({ byUid: new Map<string, T>(), isWhole: false })
  const error = useLive<ObjectEvent>(
    JSON.stringify(query),
    (handlers) =>
      api.objects.watch.subscribe(
        { ...query, marksInitialState: true },
        { ...handlers, onStarted: () => (told.current = { byUid: new Map(), isWhole: false }) },
      ),
    (event) => {
      const { byUid } = told.current
      if (event.type === 'BOOKMARK') told.current.isWhole ||= event.object.metadata.annotations?.[initialEventsEnd] === 'true'
      else if (event.type === 'DELETED') byUid.delete(event.object.metadata.uid)
      else byUid.set(event.object.metadata.uid, event.object as T)
      if (told.current.isWhole) setObjects([...byUid.values()])
    },
  )
  return { objects, error }
}
