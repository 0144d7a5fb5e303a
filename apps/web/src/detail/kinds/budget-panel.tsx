import type { V1PodDisruptionBudget } from '@quarterdeck/api'
import { Panel, ToneIcon } from '@quarterdeck/ui'

/** One mark for each pod that a budget needs, has, or can spare. */
export function BudgetPanel({ object: { status } }: { object: V1PodDisruptionBudget }) {
  const { expectedPods = 0, currentHealthy = 0, desiredHealthy = 0, disruptionsAllowed = 0 } = status ?? {}
  const total = Math.max(expectedPods, desiredHealthy, 1)
  const share = (count: number): string => `${Math.min(100, (count / total) * 100)}%`
  const isMet = currentHealthy >= desiredHealthy
  return (
    <Panel title="What it allows now">
      <div className="flex flex-col gap-3 p-4">
        <p className="flex items-center gap-2 text-sm">
          <ToneIcon tone={disruptionsAllowed > 0 ? 'good' : isMet ? 'warning' : 'bad'} />
          {expectedPods === 0
            ? 'It guards no pod.'
            : disruptionsAllowed > 0
              ? `${disruptionsAllowed} of its ${expectedPods} pods may be evicted.`
              : `None of its ${expectedPods} pods may be evicted: it needs ${desiredHealthy} healthy and has ${currentHealthy}.`}
        </p>
        <div
          role="meter"
          aria-label="Healthy pods"
          aria-valuemin={0}
          aria-valuemax={total}
          aria-valuenow={currentHealthy}
          aria-valuetext={`${currentHealthy} of ${expectedPods} pods are healthy, ${desiredHealthy} are needed`}
          className="relative h-2 rounded-full bg-hover"
        >
          <div className={`h-full rounded-full ${isMet ? 'bg-good' : 'bg-bad-solid'}`} style={{ width: share(currentHealthy) }} />
          <div className="absolute -inset-y-1 w-0.5 bg-ink" style={{ left: `calc(${share(desiredHealthy)} - 1px)` }} aria-hidden />
        </div>
        <p className="text-xs text-muted tabular-nums">
          {currentHealthy} healthy of {expectedPods}; the mark is at the {desiredHealthy} that it needs.
        </p>
      </div>
    </Panel>
  )
}
