import type { V2HorizontalPodAutoscaler, V2MetricSpec, V2MetricStatus, V2MetricTarget, V2MetricValueStatus } from '@quarterdeck/api'
import { Panel } from '@quarterdeck/ui'

import { numberOf } from '../../console/units.ts'

/** Each metric against what is aimed at; the mark is the aim. */
export function AutoscalerPanel({ object: { spec, status } }: { object: V2HorizontalPodAutoscaler }) {
  const metrics = spec.metrics ?? []
  return (
    <Panel title="Metrics">
      {metrics.length === 0 && <p className="px-4 py-3 text-sm text-muted">It looks at no metric.</p>}
      <ul className="flex flex-col gap-4 p-4 empty:hidden">
        {metrics.map((metric, index) => (
          <MetricLine key={JSON.stringify(metric)} metric={metric} current={currentOf(status?.currentMetrics?.[index])} />
        ))}
      </ul>
    </Panel>
  )
}

function MetricLine({ metric, current }: { metric: V2MetricSpec; current: V2MetricValueStatus | undefined }) {
  const { name, target } = namedOf(metric)
  const aim = target?.averageUtilization ?? target?.averageValue ?? target?.value
  const now = target?.averageUtilization === undefined ? (current?.averageValue ?? current?.value) : current?.averageUtilization
  const unit = target?.averageUtilization === undefined ? '' : '%'
  const max = Math.max(numberOf(String(aim ?? 0)) * 2, numberOf(String(now ?? 0)), 1e-9)
  const share = (amount: string | number | undefined): string => `${(numberOf(String(amount ?? 0)) / max) * 100}%`
  const text = `${now === undefined ? 'not known' : `${now}${unit}`}, ${aim ?? '?'}${unit} aimed at`
  return (
    <li>
      <div className="mb-1.5 flex items-baseline justify-between gap-2 text-sm">
        <span className="font-medium">{name}</span>
        <span className="text-xs text-muted tabular-nums">{text}</span>
      </div>
      <div
        role="meter"
        aria-label={name}
        aria-valuemin={0}
        aria-valuemax={max}
        aria-valuenow={numberOf(String(now ?? 0))}
        aria-valuetext={text}
        className="relative h-2 rounded-full bg-hover"
      >
        <div className="h-full rounded-full bg-accent" style={{ width: share(now) }} />
        <div className="absolute -inset-y-1 w-0.5 bg-ink" style={{ left: share(aim) }} aria-hidden />
      </div>
    </li>
  )
}

function currentOf(status: V2MetricStatus | undefined): V2MetricValueStatus | undefined {
  return (status?.resource ?? status?.containerResource ?? status?.pods ?? status?.object ?? status?.external)?.current
}

function namedOf({ resource, containerResource, pods, object, external }: V2MetricSpec): {
  name: string
  target: V2MetricTarget | undefined
} {
  if (resource) return { name: resource.name, target: resource.target }
  if (containerResource)
    return { name: `${containerResource.name} of container ${containerResource.container}`, target: containerResource.target }
  if (pods) return { name: `${pods.metric.name}, per pod`, target: pods.target }
  if (object)
    return { name: `${object.metric.name} of ${object.describedObject.kind} ${object.describedObject.name}`, target: object.target }
  return { name: external?.metric.name ?? 'unknown', target: external?.target }
}
