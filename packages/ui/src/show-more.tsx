import type { ReactNode } from 'react'

import { Button } from './button.tsx'

export interface ShowMoreProps {
  /** How many are left out at first; with none there is nothing to show. */
  count: number
  isWhole: boolean
  onChange: (isWhole: boolean) => void
  /** What is said beside the button. */
  children?: ReactNode
}

/** The foot of a long list of which the first are shown. */
export function ShowMore({ count, isWhole, onChange, children }: ShowMoreProps) {
  if (count <= 0) return undefined
  return (
    <div className="border-t border-line px-4 py-2 text-xs text-muted">
      <Button size="small" look="quiet" className="-ml-2" onClick={() => onChange(!isWhole)}>
        {isWhole ? 'Show fewer' : `Show ${count.toLocaleString()} more`}
      </Button>
      {children}
    </div>
  )
}
