import { useSyncExternalStore } from 'react'

import { clock } from './clock.ts'

/** The time, ticking once a second. */
function useNow(): number {
  return useSyncExternalStore(clock.subscribe, clock.now, clock.now)
}

/** A span of time in its two largest units, as kubectl writes ages: `45s`, `12m`, `3h5m`, `8d`. */
export function ageText(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000))
  if (seconds < 120) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 10) return withRest(minutes, 'm', seconds % 60, 's')
  if (minutes < 180) return `${minutes}m`
  const hours = Math.floor(minutes / 60)
  if (hours < 8) return withRest(hours, 'h', minutes % 60, 'm')
  if (hours < 48) return `${hours}h`
  const days = Math.floor(hours / 24)
  if (days < 8) return withRest(days, 'd', hours % 24, 'h')
  if (days < 730) return `${days}d`
  return withRest(Math.floor(days / 365), 'y', days % 365, 'd')
}

function withRest(main: number, unit: string, rest: number, restUnit: string): string {
  return rest === 0 ? `${main}${unit}` : `${main}${unit}${rest}${restUnit}`
}

/** How long ago an RFC 3339 time was; the time itself is in the tooltip. */
export function Age({ time }: { time: string | undefined | null }) {
  const current = useNow()
  if (!time) return <span className="text-faint">–</span>
  const at = Date.parse(time)
  return (
    <time dateTime={time} title={new Date(at).toLocaleString()} className="tabular-nums">
      {Number.isNaN(at) ? time : ageText(current - at)}
    </time>
  )
}

/** How long it is until a time that is to come. */
export function Until({ time }: { time: string }) {
  const leftMs = Date.parse(time) - useNow()
  return <span className="tabular-nums">{leftMs > 0 ? `in ${ageText(leftMs)}` : 'now'}</span>
}

/** How long something took, or has taken so far. */
export function Duration({ from, to }: { from: string; to: string | undefined }) {
  const current = useNow()
  return <span className="tabular-nums">{ageText((to ? Date.parse(to) : current) - Date.parse(from))}</span>
}
