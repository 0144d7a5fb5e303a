import type { KindInfo, RowData } from '@quarterdeck/trpc'
import type { ReactNode } from 'react'

import { Link } from '../console/navigation.tsx'
import { objectHref } from '../console/route.ts'

/** What a row is called, leading to the object. */
export function RowName({ kind, row, children = row.name }: { kind: KindInfo; row: RowData; children?: ReactNode }) {
  return (
    <Link
      href={objectHref({ resource: kind.resource, namespace: row.namespace, name: row.name })}
      tabIndex={-1}
      title={row.name}
      className="focus-ring rounded font-medium text-ink hover:text-accent hover:underline"
    >
      {children}
    </Link>
  )
}
