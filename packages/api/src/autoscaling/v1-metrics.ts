import type { V2MetricSpec, V2MetricStatus, V2MetricTarget } from '../generated/types.ts'

/**
 * Metrics as autoscaling/v1 keeps them, in annotations, with fields of older names. Source: the autoscaling/v1 types for
 * `autoscaling.alpha.kubernetes.io/metrics` and `…/current-metrics`.
 */
type Fields = Record<string, unknown>

const withoutAbsent = (fields: Fields): Fields => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

export function specToV1({ type, resource, containerResource, pods, object, external }: V2MetricSpec): Fields {
  const wanted = (target: V2MetricTarget): Fields => ({
    targetAverageUtilization: target.averageUtilization,
    targetAverageValue: target.averageValue,
  })
  if (resource) return { type, resource: withoutAbsent({ name: resource.name, ...wanted(resource.target) }) }
  if (containerResource) {
    const { name, container, target } = containerResource
    return { type, containerResource: withoutAbsent({ name, container, ...wanted(target) }) }
  }
  if (pods) {
    const { metric, target } = pods
    return { type, pods: withoutAbsent({ metricName: metric.name, selector: metric.selector, targetAverageValue: target.averageValue }) }
  }
  if (object) {
    const { metric, target, describedObject } = object
    const { averageValue, value = '0' } = target
    return {
      type,
      object: withoutAbsent({
        target: describedObject,
        metricName: metric.name,
        selector: metric.selector,
        targetValue: value,
        averageValue,
      }),
    }
  }
  const { metric, target } = external ?? { metric: { name: '' }, target: { type: '' } }
  return {
    type,
    external: withoutAbsent({
      metricName: metric.name,
      metricSelector: metric.selector,
      targetValue: target.value,
      targetAverageValue: target.averageValue,
    }),
  }
}

export function specFromV1(metric: Fields): V2MetricSpec {
  const type = String(metric['type'] ?? '')
  const part = (name: string): Fields | undefined => metric[name] as Fields | undefined
  const text = (fields: Fields, name: string): string | undefined => (fields[name] === undefined ? undefined : String(fields[name]))
  const usage = (fields: Fields): V2MetricTarget =>
    fields['targetAverageUtilization'] === undefined
      ? { type: 'AverageValue', averageValue: text(fields, 'targetAverageValue') }
      : { type: 'Utilization', averageUtilization: Number(fields['targetAverageUtilization']) }
  const [resource, containerResource, pods, object, external] = ['resource', 'containerResource', 'pods', 'object', 'external'].map(part)
  if (resource) return { type, resource: { name: text(resource, 'name') ?? '', target: usage(resource) } }
  if (containerResource)
    return {
      type,
      containerResource: {
        name: text(containerResource, 'name') ?? '',
        container: text(containerResource, 'container') ?? '',
        target: usage(containerResource),
      },
    }
  const identifier = (fields: Fields, selector: string) => ({
    name: text(fields, 'metricName') ?? '',
    ...(fields[selector] ? { selector: fields[selector] } : {}),
  })
  if (pods)
    return {
      type,
      pods: { metric: identifier(pods, 'selector'), target: { type: 'AverageValue', averageValue: text(pods, 'targetAverageValue') } },
    }
  if (object) {
    const averageValue = text(object, 'averageValue')
    const value = text(object, 'targetValue')
    const target: V2MetricTarget =
      averageValue === undefined
        ? { type: 'Value', value }
        : { type: 'AverageValue', averageValue, ...(value && value !== '0' ? { value } : {}) }
    return {
      type,
      object: { describedObject: object['target'] as { kind: string; name: string }, metric: identifier(object, 'selector'), target },
    }
  }
  const fields = external ?? {}
  const value = text(fields, 'targetValue')
  const target: V2MetricTarget = {
    type: value === undefined ? 'AverageValue' : 'Value',
    value,
    averageValue: text(fields, 'targetAverageValue'),
  }
  return {
    type,
    external: { metric: identifier(fields, 'metricSelector'), target: withoutAbsent({ ...target }) as unknown as V2MetricTarget },
  }
}

export function statusToV1({ type, resource, containerResource, pods, object, external }: V2MetricStatus): Fields {
  const measured = (current: { averageUtilization?: number | undefined; averageValue?: string | undefined }): Fields => ({
    currentAverageUtilization: current.averageUtilization,
    currentAverageValue: current.averageValue,
  })
  if (resource) return { type, resource: withoutAbsent({ name: resource.name, ...measured(resource.current) }) }
  if (containerResource) {
    const { name, container, current } = containerResource
    return { type, containerResource: withoutAbsent({ name, container, ...measured(current) }) }
  }
  if (pods) {
    const { metric, current } = pods
    return { type, pods: withoutAbsent({ metricName: metric.name, selector: metric.selector, currentAverageValue: current.averageValue }) }
  }
  if (object) {
    const { metric, current, describedObject } = object
    const { value = '0', averageValue } = current
    return {
      type,
      object: withoutAbsent({
        target: describedObject,
        metricName: metric.name,
        selector: metric.selector,
        currentValue: value,
        averageValue,
      }),
    }
  }
  const { metric, current } = external ?? { metric: { name: '' }, current: {} }
  return {
    type,
    external: withoutAbsent({
      metricName: metric.name,
      metricSelector: metric.selector,
      currentValue: current.value ?? '0',
      currentAverageValue: current.averageValue,
    }),
  }
}
