import type { RowData } from '@quarterdeck/trpc'
import { cn } from '@quarterdeck/ui'
import { createContext, useContext } from 'react'

import { bytesText, coresText } from '../console/units.ts'
import type { UsageByRow } from './use-window.ts'

/** What the rows of the list use now. */
export const UsageContext = createContext<UsageByRow>({})

/** What a pod or a node uses now, as a figure over a bar against its limit, else what it asked for. */
export function UsageCell({ row, column }: { row: RowData; column: string }) {
  const usage = useContext(UsageContext)[row.id]
  if (!usage) return <span className="text-faint">–</span>
  const field = column === 'CPU' ? 'cpuMillis' : 'memoryBytes'
  const textOf = field === 'cpuMillis' ? (amount: number) => `${coresText(amount)} cores` : bytesText
  const [used, limit, requested] = [usage[field], row.bounds?.limit[field] ?? 0, row.bounds?.requested[field] ?? 0]
  const max = limit || requested
  const share = max > 0 ? Math.min(1, used / max) : 0
  // Going past a request is what requests are for; coming near a limit is not.
  const isNear = limit > 0 && share > 0.9
  const bound = limit ? `of ${textOf(limit)}` : requested ? `, ${textOf(requested)} requested` : ''
  return (
    <div title={`${textOf(used)} ${bound}`} className="flex flex-col gap-0.5">
      <span className="text-xs leading-4 tabular-nums">
        {field === 'cpuMillis' ? millisText(used) : bytesText(used)}
        {max > 0 && <span className="text-muted"> {Math.round((used / max) * 100)}%</span>}
      </span>
      <div className="h-1 overflow-hidden rounded-full bg-hover" aria-hidden>
        {max > 0 && <div className={cn('h-full', isNear ? 'bg-bad-solid' : 'bg-accent')} style={{ width: `${share * 100}%` }} />}
      </div>
    </div>
  )
}

/** `35m`, `1.25`: cores as Kubernetes writes them. */
function millisText(millis: number): string {
  return millis < 1000 ? `${Math.round(millis)}m` : coresText(millis)
}
