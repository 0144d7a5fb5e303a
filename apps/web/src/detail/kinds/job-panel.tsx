import type { V1Job } from '@quarterdeck/api'
import { Panel } from '@quarterdeck/ui'

/** How far a Job is: pods that succeeded, are at work and failed, of those wanted. */
export function JobPanel({ object: { spec, status } }: { object: V1Job }) {
  const { succeeded = 0, active = 0, failed = 0 } = status ?? {}
  const wanted = Math.max(spec?.completions ?? 1, succeeded, 1)
  const running = Math.min(active, wanted - succeeded)
  return (
    <Panel title="Progress">
      <div className="flex flex-col gap-2 p-4">
        <div
          role="meter"
          aria-label="Completions"
          aria-valuemin={0}
          aria-valuemax={wanted}
          aria-valuenow={succeeded}
          aria-valuetext={`${succeeded} of ${wanted} done, ${active} at work, ${failed} failed`}
          className="flex h-2 gap-0.5 overflow-hidden rounded-full bg-hover"
        >
          <div className="h-full bg-good" style={{ width: `${(succeeded / wanted) * 100}%` }} />
          <div className="h-full bg-accent/60" style={{ width: `${(running / wanted) * 100}%` }} />
        </div>
        <p className="text-sm tabular-nums">
          {succeeded} of {spec?.completions ?? 1} done{active > 0 && `, ${active} at work`}
          {failed > 0 && <span className="text-bad">, {failed} failed</span>}
        </p>
      </div>
    </Panel>
  )
}
