import type { KindInfo, RowData } from '@quarterdeck/trpc'

import { Link } from '../console/navigation.tsx'
import { objectHref } from '../console/route.ts'

export function RowName({ kind, row }: { kind: KindInfo; row: RowData }) {
  return (
    <Link
      href={objectHref({ resource: kind.resource, namespace: row.namespace, name: row.name })}
      tabIndex={-1}
      title={row.name}
      className="focus-ring rounded font-medium text-ink hover:text-accent hover:underline"
    >
      {row.name}
    </Link>
  )
}
