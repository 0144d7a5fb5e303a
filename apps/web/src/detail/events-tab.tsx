import { EmptyState, Spinner, ToneIcon } from '@quarterdeck/ui'
import { BellOff } from 'lucide-react'

import { Age } from '../console/time.tsx'
import type { InspectionState } from './use-inspection.ts'

export function EventsTab({ events }: { events: InspectionState['events'] }) {
  if (!events) return <Spinner className="p-5" />
  if (events.length === 0)
    return (
      <EmptyState icon={BellOff} title="No events">
        <p>Nothing has been said about this object lately. Its history shows every change of it.</p>
      </EmptyState>
    )
  return (
    <ul className="divide-y divide-line">
      {events.map((event) => (
        <li key={event.uid} className="grid grid-cols-[auto_minmax(0,1fr)_auto] gap-x-3 px-3 py-2.5 text-sm sm:px-5">
          <span className="pt-0.5">
            <ToneIcon tone={event.type === 'Warning' ? 'warning' : 'neutral'} />
            <span className="sr-only">{event.type}</span>
          </span>
          <div className="min-w-0">
            <span className="font-medium">{event.reason}</span>
            {event.count > 1 && <span className="ml-2 text-xs text-muted tabular-nums">×{event.count}</span>}
            <p className="break-words text-muted">{event.message}</p>
          </div>
          <div className="text-right text-xs text-muted">
            <Age time={event.lastSeen} />
            <p className="max-sm:hidden">{event.source}</p>
          </div>
        </li>
      ))}
    </ul>
  )
}
