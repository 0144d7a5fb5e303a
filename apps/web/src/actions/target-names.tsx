import type { ActionTarget } from './target.ts'

const shownNames = 8

/** What an action is about, by name. */
export function TargetNames({ targets }: { targets: readonly ActionTarget[] }) {
  return (
    <ul className="flex flex-col gap-0.5 text-sm">
      {targets.slice(0, shownNames).map((target) => (
        <li key={`${target.namespace}/${target.name}`} className="truncate font-mono text-xs">
          {target.namespace && <span className="text-muted">{target.namespace}/</span>}
          {target.name}
        </li>
      ))}
      {targets.length > shownNames && <li className="text-muted">and {targets.length - shownNames} more</li>}
    </ul>
  )
}
