import type { V2MetricSpec, V2MetricStatus, V2MetricTarget, V2MetricValueStatus } from '../generated/types.ts'

const shownMetrics = 2
const unknown = '<unknown>'

/** What is measured against what is aimed at: `cpu: 12%/80%, 7/10 (avg)`. */
export function metricsText(metrics: readonly V2MetricSpec[], current: readonly V2MetricStatus[]): string {
  if (metrics.length === 0) return '<none>'
  const texts = metrics.slice(0, shownMetrics).map((metric, i) => metricText(metric, current[i]))
  const more = metrics.length - shownMetrics
  return more > 0 ? `${texts.join(', ')} + ${more} more...` : texts.join(', ')
}

function metricText(metric: V2MetricSpec, status: V2MetricStatus | undefined): string {
  switch (metric.type) {
    case 'Resource':
      return resourceText(metric.resource, status?.resource?.current)
    case 'ContainerResource':
      return resourceText(metric.containerResource, status?.containerResource?.current)
    case 'Pods':
      return `${status?.pods?.current.averageValue ?? unknown}/${metric.pods?.target.averageValue ?? ''}`
    case 'Object':
      return valueText(metric.object?.target, status?.object?.current)
    case 'External':
      return valueText(metric.external?.target, status?.external?.current)
    default:
      return '<unknown type>'
  }
}

function resourceText(source: { name: string; target: V2MetricTarget } | undefined, current: V2MetricValueStatus | undefined): string {
  const { averageValue, averageUtilization } = source?.target ?? {}
  if (averageValue !== undefined) return `${source?.name}: ${current?.averageValue ?? unknown}/${averageValue}`
  const used = current?.averageUtilization === undefined ? unknown : `${current.averageUtilization}%`
  return `${source?.name}: ${used}/${averageUtilization === undefined ? '<auto>' : `${averageUtilization}%`}`
}

function valueText(target: V2MetricTarget | undefined, current: V2MetricValueStatus | undefined): string {
  if (target?.averageValue !== undefined) return `${current?.averageValue ?? unknown}/${target.averageValue} (avg)`
  return `${current?.value ?? unknown}/${target?.value ?? ''}`
}
