import {
  limitRanges,
  persistentVolumeClaims,
  podAmounts,
  pods,
  type Amounts,
  type LimitRange,
  type PersistentVolumeClaim,
  type Pod,
} from '@quarterdeck/api'
import { compareQuantities, forbidden, quantityToNumber } from '@quarterdeck/api-machinery'

import type { AdmissionAttributes, AdmissionPlugin } from './admission.ts'

type Limit = NonNullable<LimitRange['spec']>['limits'][number]

/** Gives the containers of new pods their namespace's default requests and limits, and refuses what its limit ranges do not allow (LimitRanger). */
export const limitRanger: AdmissionPlugin = {
  name: 'LimitRanger',
  resources: [pods.resource, persistentVolumeClaims.resource],
  operations: ['CREATE', 'UPDATE'],
  async admit(attributes) {
    const isPod = attributes.kind.resource === pods.resource
    // What a pod may ask for is decided once.
    if (isPod && attributes.operation === 'UPDATE') return
    const ranges = await attributes.reader.list(limitRanges.resource, attributes.namespace)
    const limits = ranges.map(({ object }) => (object as LimitRange).spec?.limits ?? [])
    if (isPod) for (const own of limits) setDefaults(attributes.object as Pod, own)
    const problems = limits.flat().flatMap((limit) => problemsOf(attributes, limit))
    if (problems.length > 0) throw refusal(attributes, problems)
  },
}

function refusal({ kind, name }: AdmissionAttributes, problems: readonly string[]) {
  const why = problems.length === 1 ? problems.join() : `[${problems.join(', ')}]`
  return forbidden({ group: kind.group, resource: kind.plural }, name, why)
}

function setDefaults({ metadata, spec }: Pod, limits: readonly Limit[]): void {
  const ofContainers = limits.filter(({ type }) => type === 'Container')
  const requests: Amounts = Object.assign({}, ...ofContainers.map((limit) => limit.defaultRequest))
  const most: Amounts = Object.assign({}, ...ofContainers.map((limit) => limit.default))
  const told: string[] = []
  for (const [role, containers] of [
    ['container', spec.containers],
    ['init container', spec.initContainers ?? []],
  ] as const)
    for (const container of containers) {
      const resources = (container.resources ??= {})
      const fill = (list: 'requests' | 'limits', defaults: Amounts): void => {
        const missing = Object.keys(defaults).filter((name) => resources[list]?.[name] === undefined)
        if (missing.length === 0) return
        resources[list] = { ...resources[list], ...Object.fromEntries(missing.map((name) => [name, defaults[name] ?? '0'])) }
        told.push(`${missing.toSorted().join(', ')} ${list.slice(0, -1)} for ${role} ${container.name}`)
      }
      fill('requests', requests)
      fill('limits', most)
    }
  if (told.length > 0)
    metadata.annotations = { ...metadata.annotations, 'kubernetes.io/limit-ranger': `LimitRanger plugin set: ${told.join('; ')}` }
}

function problemsOf({ kind, object }: AdmissionAttributes, limit: Limit): string[] {
  if (kind.resource === persistentVolumeClaims.resource) {
    if (limit.type !== 'PersistentVolumeClaim') return []
    return claimProblems(limit, (object as PersistentVolumeClaim).spec.resources?.requests ?? {})
  }
  const { spec } = object as Pod
  if (limit.type === 'Pod') return problemsWith(limit, podAmounts(spec, 'requests'), podAmounts(spec, 'limits'))
  if (limit.type !== 'Container') return []
  return [...spec.containers, ...(spec.initContainers ?? [])].flatMap(({ resources }) =>
    problemsWith(limit, resources?.requests ?? {}, resources?.limits ?? {}),
  )
}

/** Of a claim only requests count: it has no limits. */
function claimProblems(limit: Limit, requests: Amounts): string[] {
  return [
    ...Object.entries(limit.min ?? {}).flatMap(([name, least]) =>
      belowLeast(`${name} usage per ${limit.type} is ${least}`, least, [requests[name], undefined]),
    ),
    ...Object.entries(limit.max ?? {}).flatMap(([name, most]) => {
      const bound = `maximum ${name} usage per ${limit.type} is ${most}`
      const request = requests[name]
      if (request === undefined) return [`${bound}.  No request is specified`]
      return compareQuantities(request, most) > 0 ? [`${bound}, but request is ${request}`] : []
    }),
  ]
}

function problemsWith(limit: Limit, requests: Amounts, limits: Amounts): string[] {
  const { type } = limit
  return [
    ...Object.entries(limit.min ?? {}).flatMap(([name, least]) =>
      belowLeast(`${name} usage per ${type} is ${least}`, least, [requests[name], limits[name]]),
    ),
    ...Object.entries(limit.max ?? {}).flatMap(([name, most]) =>
      aboveMost(`${name} usage per ${type} is ${most}`, most, [requests[name], limits[name]]),
    ),
    ...Object.entries(limit.maxLimitRequestRatio ?? {}).flatMap(([name, ratio]) =>
      aboveRatio(`${name} max limit to request ratio per ${type} is ${ratio}`, ratio, [requests[name], limits[name]]),
    ),
  ]
}

type Asked = [request: string | undefined, limit: string | undefined]

function belowLeast(bound: string, least: string, [request, limit]: Asked): string[] {
  if (request === undefined) return [`minimum ${bound}.  No request is specified`]
  if (compareQuantities(request, least) < 0) return [`minimum ${bound}, but request is ${request}`]
  return limit !== undefined && compareQuantities(limit, least) < 0 ? [`minimum ${bound}, but limit is ${limit}`] : []
}

function aboveMost(bound: string, most: string, [request, limit]: Asked): string[] {
  if (limit === undefined) return [`maximum ${bound}.  No limit is specified`]
  if (compareQuantities(limit, most) > 0) return [`maximum ${bound}, but limit is ${limit}`]
  return request !== undefined && compareQuantities(request, most) > 0 ? [`maximum ${bound}, but request is ${request}`] : []
}

function aboveRatio(bound: string, ratio: string, [request, limit]: Asked): string[] {
  const [asked, allowed] = [quantityToNumber(request), quantityToNumber(limit)]
  if (!asked) return [`${bound}, but no request is specified or request is 0`]
  if (!allowed) return [`${bound}, but no limit is specified or limit is 0`]
  return allowed / asked > quantityToNumber(ratio) ? [`${bound}, but provided ratio is ${(allowed / asked).toFixed(6)}`] : []
}
