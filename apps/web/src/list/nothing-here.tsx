import type { KindInfo } from '@quarterdeck/trpc'
import { Button, EmptyState, buttonClass } from '@quarterdeck/ui'
import { FilterX, PackageOpen } from 'lucide-react'

import { Link } from '../console/navigation.tsx'
import { chooseNamespaces } from '../console/namespaces.ts'

export interface NothingHereProps {
  kind: KindInfo
  total: number
  isFiltered: boolean
  namespaces: readonly string[]
  onClear: () => void
}

/** Why a list is empty, and what to do about it. */
export function NothingHere({ kind, total, isFiltered, namespaces, onClear }: NothingHereProps) {
  const plural = kind.title.toLowerCase()
  if (total > 0)
    return (
      <EmptyState icon={FilterX} title={`None of the ${total.toLocaleString()} ${plural} fits`}>
        <p>
          {isFiltered ? 'The filter leaves nothing' : 'There are none'}
          {kind.isNamespaced && namespaces.length > 0 ? ` in ${namespaces.join(', ')}.` : '.'}
        </p>
        <div className="flex flex-wrap justify-center gap-2">
          {isFiltered && <Button onClick={onClear}>Clear the filter</Button>}
          {kind.isNamespaced && namespaces.length > 0 && <Button onClick={() => chooseNamespaces([])}>Show all namespaces</Button>}
        </div>
      </EmptyState>
    )
  return (
    <EmptyState icon={PackageOpen} title={`There are no ${plural} yet`}>
      {kind.resource === 'events' ? (
        <p>Events tell what the cluster does with your objects. They appear by themselves.</p>
      ) : kind.resource === 'nodes' ? (
        <p>A node appears as soon as its agent connects.</p>
      ) : (
        <>
          <p>Apply YAML that holds one; this list shows it the moment it exists.</p>
          <div className="flex gap-2">
            <Link href="/apply" className={buttonClass('primary')}>
              Apply YAML
            </Link>
            <Link href="/apply?example=1" className={buttonClass()}>
              Try the example
            </Link>
          </div>
        </>
      )}
    </EmptyState>
  )
}
