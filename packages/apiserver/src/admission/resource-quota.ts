import {
  computeUsage,
  isInQuotaScope,
  persistentVolumeClaims,
  pods,
  quotaUsageOf,
  resourceQuotas,
  services,
  type Amounts,
  type Kind,
  type Pod,
  type ResourceQuota,
} from '@quarterdeck/api'
import { addQuantities, compareQuantities, forbidden, subtractQuantities, type KubeObject } from '@quarterdeck/api-machinery'
import type { StoredObject, Write } from '@quarterdeck/storage'

import type { AdmissionAttributes, AdmissionPlugin } from './admission.ts'

/** Of other kinds a change takes no more from a quota than their creation did. */
const changing = new Set<string>([pods.resource, services.resource, persistentVolumeClaims.resource])

/** Whether a write may take something from a quota. */
export const mayTakeFromQuota = (kind: Kind, operation: 'CREATE' | 'UPDATE'): boolean =>
  kind.scope === 'Namespaced' && (operation === 'CREATE' || changing.has(kind.resource))

/**
 * Refuses what a quota of the namespace does not allow (ResourceQuota). What is taken is stored together with the object: the use
 * that a quota shows is that of the objects there are, and is never exceeded, however many write at once.
 */
export const resourceQuota: AdmissionPlugin = {
  name: 'ResourceQuota',
  phase: 'validating',
  operations: ['CREATE', 'UPDATE'],
  async admit(attributes) {
    const { kind, namespace, operation, reader } = attributes
    if (operation === 'DELETE' || !mayTakeFromQuota(kind, operation)) return
    const quotas = await reader.list(resourceQuotas.resource, namespace)
    for (const stored of quotas) {
      const write = chargeTo(stored, attributes)
      if (write) attributes.alongside.push(write)
    }
  },
}

function chargeTo(stored: StoredObject, attributes: AdmissionAttributes): Write | undefined {
  const { kind, object, old } = attributes
  const quota = stored.object as ResourceQuota
  const { spec = {}, status } = quota
  const nowMs = Date.now()
  const usageOf = (of: KubeObject | undefined): Amounts => (of && isInQuotaScope(spec, kind, of) ? quotaUsageOf(kind, of, nowMs) : {})
  const [before, after] = [usageOf(old), usageOf(object)]
  const concerned = Object.keys(spec.hard ?? {}).filter((name) => name in after || name in before)
  if (concerned.length === 0) return undefined
  if (attributes.operation === 'CREATE' && kind.resource === pods.resource) checkDeclared(object as Pod, quota, refusal(attributes))
  // A quota that was not worked out yet cannot be held to, but whoever works it out must see that there is one object more.
  if (!status?.hard || !status.used) return touch(stored, quota, attributes)
  const { hard, used } = status
  const taken = concerned.flatMap((name): [string, string][] => {
    const more = subtractQuantities(after[name] ?? '0', before[name] ?? '0')
    return hard[name] !== undefined && compareQuantities(more, '0') !== 0 ? [[name, more]] : []
  })
  if (taken.length === 0) return undefined
  const next = { ...used }
  for (const [name, more] of taken) next[name] = addQuantities(used[name] ?? '0', more)
  const exceeded = taken.filter(([name, more]) => compareQuantities(more, '0') > 0 && compareQuantities(next[name]!, hard[name]!) > 0)
  if (exceeded.length > 0) throw refusal(attributes)(exceedingText(quota, exceeded))
  return touch(stored, { ...quota, status: { ...status, used: next } }, attributes)
}

const refusal =
  ({ kind, name }: AdmissionAttributes) =>
  (why: string) =>
    forbidden({ group: kind.group, resource: kind.plural }, name, why)

function exceedingText({ metadata, status }: ResourceQuota, exceeded: readonly [name: string, more: string][]): string {
  const sorted = exceeded.toSorted(([a], [b]) => (a < b ? -1 : 1))
  const listed = (amountOf: (name: string, more: string) => string) =>
    sorted.map(([name, more]) => `${name}=${amountOf(name, more)}`).join(',')
  const requested = listed((_, more) => more)
  const used = listed((name) => status?.used?.[name] ?? '0')
  const limited = listed((name) => status?.hard?.[name] ?? '0')
  return `exceeded quota: ${metadata.name}, requested: ${requested}, used: ${used}, limited: ${limited}`
}

const declared = ['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory']

/** Where CPU or memory are limited every container has to say what it needs of them, unless its pod does. */
function checkDeclared({ spec }: Pod, quota: ResourceQuota, refuse: (why: string) => Error): void {
  if (spec.resources && Object.keys({ ...spec.resources.requests, ...spec.resources.limits }).length > 0) return
  const limited = quota.status?.hard ?? {}
  const required = declared.filter((name) => name in limited).toSorted()
  const containers = [...spec.containers, ...(spec.initContainers ?? [])]
  const missing = required.flatMap((name) => {
    const silent = containers.filter(({ resources }) => !(name in computeUsage(resources?.requests ?? {}, resources?.limits ?? {})))
    return silent.length > 0 ? [`${name} for: ${[...new Set(silent.map((c) => c.name))].toSorted().join(',')}`] : []
  })
  if (missing.length > 0) throw refuse(`failed quota: ${quota.metadata.name}: must specify ${missing.join('; ')}`)
}

function touch(stored: StoredObject, object: ResourceQuota, { user }: AdmissionAttributes): Write {
  return {
    type: 'update',
    key: stored.key,
    author: { actor: user.name, client: 'resource-quota' },
    keepsHistory: true,
    expectedRevision: stored.revision,
    object,
  }
}
