import { cn } from '@quarterdeck/ui'

import { numberOf } from '../console/units.ts'

/** `pods: 3/10, requests.cpu: 1/4` as a bar for each, the fullest first, and as many as have room. */
export function QuotaCell({ text }: { text: string }) {
  const amounts = text.split(', ').map((part) => {
    const [, name = '', used = '0', hard = '0'] = /^(.*): ([^/]*)\/(.*)$/.exec(part) ?? []
    return { name, used, hard, share: numberOf(hard) > 0 ? Math.min(1, numberOf(used) / numberOf(hard)) : 1 }
  })
  return (
    <ul className="flex h-5 min-w-0 flex-wrap gap-x-3 overflow-hidden" title={text}>
      {amounts
        .toSorted((a, b) => b.share - a.share)
        .map(({ name, used, hard, share }) => (
          <li key={name} className="w-28 shrink-0">
            <div className="flex gap-1.5 text-xs leading-4">
              <span className="min-w-0 flex-1 truncate text-muted">{name}</span>
              <span className="tabular-nums">
                {used}/{hard}
              </span>
            </div>
            <div className="h-1 overflow-hidden rounded-full bg-hover" aria-hidden>
              <div
                className={cn('h-full', share >= 1 ? 'bg-bad-solid' : share > 0.75 ? 'bg-warning-solid' : 'bg-accent')}
                style={{ width: `${share * 100}%` }}
              />
            </div>
          </li>
        ))}
    </ul>
  )
}
