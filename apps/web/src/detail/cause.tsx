import type { State } from '@quarterdeck/trpc'
import { ToneIcon, cn } from '@quarterdeck/ui'

const frames: Partial<Record<State['tone'], { box: string; text: string }>> = {
  bad: { box: 'border-bad/40 bg-bad-soft', text: 'text-bad' },
  warning: { box: 'border-warning/40 bg-warning-soft', text: 'text-warning' },
}

/** Whether a state says why it is so. */
export function needsWords({ reason, detail }: State): boolean {
  return Boolean(reason ?? detail)
}

/** How an object is and why: in words, then as the component that met the cause said it. */
export function Cause({ state: { text, tone, reason, detail } }: { state: State }) {
  const frame = frames[tone]
  return (
    <div
      role="group"
      aria-label="State"
      className={cn('mt-1.5 flex max-w-4xl gap-2 text-sm', frame && ['rounded-md border px-3 py-2', frame.box])}
    >
      <ToneIcon tone={tone} className="mt-[3px]" />
      <div className="min-w-0">
        <p className="break-words">
          <span className={cn('mr-2 font-semibold', frame?.text)}>{text}</span>
          <span className={cn(!frame && 'text-muted')}>{reason}</span>
        </p>
        {detail && (
          <p tabIndex={0} className="focus-ring mt-1 max-h-16 overflow-y-auto font-mono text-xs break-words text-muted">
            {detail}
          </p>
        )}
      </div>
    </div>
  )
}
