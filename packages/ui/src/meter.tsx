import { cn } from './class-names.ts'

export interface MeterProps {
  label: string
  value: number
  max: number
  /** The figures in words. */
  text: string
  /** Another amount on the same scale, shown as a mark. */
  mark?: number
  /** What the mark means, with its figure. */
  markText?: string
  /** Whether much of it is nothing to worry about. */
  isCalm?: boolean
}

/** How much of something is taken, as a bar and in words. */
export function Meter({ label, value, max, text, mark, markText, isCalm = false }: MeterProps) {
  const shareOf = (amount: number): number => (max > 0 ? Math.min(1, Math.max(0, amount / max)) : 0)
  const share = shareOf(value)
  const tone = isCalm || share <= 0.75 ? 'bg-accent' : share > 0.9 ? 'bg-bad-solid' : 'bg-warning-solid'
  return (
    <div>
      <div className="mb-1.5 flex items-baseline justify-between gap-2 text-sm">
        <span className="min-w-0 truncate font-medium">{label}</span>
        <span className="shrink-0 text-right text-xs text-muted tabular-nums">
          {text}
          {markText && <> · {markText}</>}
        </span>
      </div>
      <div
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={max}
        aria-valuenow={value}
        aria-valuetext={markText ? `${text}, ${markText}` : text}
        className="relative h-2 rounded-full bg-hover"
      >
        <div className={cn('h-full rounded-full transition-[width]', tone)} style={{ width: `${share * 100}%` }} />
        {mark !== undefined && max > 0 && (
          <div className="absolute -inset-y-1 w-0.5 rounded bg-ink" style={{ left: `calc(${shareOf(mark) * 100}% - 1px)` }} aria-hidden />
        )}
      </div>
    </div>
  )
}
