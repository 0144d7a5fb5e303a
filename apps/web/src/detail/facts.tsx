import { isEmpty } from '@quarterdeck/ui'
import type { ReactNode } from 'react'

export type Fact = readonly [name: string, value: ReactNode]

/** Names and values, two by two. Values that are empty are left out. */
export function Facts({ facts }: { facts: readonly Fact[] }) {
  const shown = facts.filter(([, value]) => !isEmpty(value))
  return (
    <dl className="grid grid-cols-[minmax(90px,max-content)_minmax(0,1fr)] gap-x-4 gap-y-1.5 px-4 py-3 text-sm">
      {shown.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-muted">{name}</dt>
          <dd className="min-w-0 break-words">{value}</dd>
        </div>
      ))}
    </dl>
  )
}

/** Labels or annotations; a label leads to all that has it. */
export function Pairs({
  pairs,
  hrefOf,
}: {
  pairs: Readonly<Record<string, string>> | undefined
  hrefOf?: (key: string, value: string) => string
}) {
  const entries = Object.entries(pairs ?? {})
  if (entries.length === 0) return undefined
  return (
    <ul className="flex flex-wrap gap-1">
      {entries.map(([key, value]) => {
        const text = `${key}=${value}`
        const className = 'line-clamp-3 max-w-full rounded bg-hover px-1.5 py-0.5 font-mono text-xs wrap-anywhere'
        return (
          <li key={key} className="max-w-full" title={text}>
            {hrefOf ? (
              <a href={hrefOf(key, value)} className={`${className} hover:text-accent`}>
                {text}
              </a>
            ) : (
              <span className={className}>{text}</span>
            )}
          </li>
        )
      })}
    </ul>
  )
}

/** As Pairs, in places where nothing is to stand if there are none. */
export function pairsOf(pairs: Readonly<Record<string, string>> | undefined): ReactNode {
  return pairs && Object.keys(pairs).length > 0 && <Pairs key="pairs" pairs={pairs} />
}
