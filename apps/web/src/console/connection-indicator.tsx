import { cn } from '@quarterdeck/ui'
import { CloudOff, Radio } from 'lucide-react'

import { useConnection, type ConnectionState } from '../api/connection.ts'

const looks: Record<ConnectionState, { text: string; hint: string; className: string; icon: typeof Radio }> = {
  live: { text: 'Live', hint: 'What you see follows the cluster', className: 'text-good', icon: Radio },
  connecting: { text: 'Live', hint: 'Connecting', className: 'text-muted', icon: Radio },
  waiting: { text: 'Reconnecting', hint: 'The server does not answer; trying again', className: 'text-warning', icon: CloudOff },
}

export function ConnectionIndicator() {
  const { text, hint, className, icon: Icon } = looks[useConnection()]
  return (
    <span role="status" title={hint} className={cn('flex items-center gap-1.5 px-1 text-xs', className)}>
      <Icon className="size-3.5" aria-hidden />
      <span className="max-md:sr-only">{text}</span>
    </span>
  )
}
