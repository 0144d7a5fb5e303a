import type { Summary } from '@quarterdeck/trpc'
import { ToneIcon } from '@quarterdeck/ui'

import { Link } from '../console/navigation.tsx'
import { objectHref } from '../console/route.ts'
import { Age } from '../console/time.tsx'

export function WarningList({ warnings }: { warnings: Summary['warnings'] }) {
  if (warnings.length === 0) return <p className="px-4 py-6 text-center text-sm text-muted">No warnings.</p>
  return (
    <ul className="divide-y divide-line">
      {warnings.map(({ uid, reason, message, lastSeen, count, about }) => (
        <li key={uid} className="px-4 py-2 text-sm">
          <div className="flex items-center gap-2">
            <ToneIcon tone="warning" />
            <span className="font-medium">{reason}</span>
            {count > 1 && <span className="text-xs text-muted tabular-nums">×{count}</span>}
            <span className="ml-auto shrink-0 text-xs text-muted">
              <Age time={lastSeen} />
            </span>
          </div>
          <p className="mt-0.5 line-clamp-2 text-xs text-muted" title={message}>
            {about.resource ? (
              <Link
                href={objectHref({ resource: about.resource, namespace: about.namespace, name: about.name })}
                className="text-ink hover:text-accent hover:underline"
              >
                {about.kind} {about.name}
              </Link>
            ) : (
              `${about.kind} ${about.name}`
            )}
            : {message}
          </p>
        </li>
      ))}
    </ul>
  )
}
