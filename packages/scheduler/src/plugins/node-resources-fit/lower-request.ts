import { podRequests, type Pod, type V1Container, type V1ResourceRequirements } from '@quarterdeck/api'

import { changeOfSpec, type Change } from '../../framework/change.ts'
import { amountOf } from './amount-of.ts'

/** The Pod requests no more than `to` of a resource: its largest containers give way first. */
export function loweredRequest(resource: string, from: number, to: number): Change {
  const text = `lower the Pod's ${resource} request from ${asQuantity(resource, from)} to ${asQuantity(resource, to)}`
  return changeOfSpec({ key: text, family: `lower ${resource}`, size: (from - to) / from, text }, (spec) => lowered(spec, resource, to))
}

/** Exact, in the unit that people write: `1400m`, `512Mi`. */
export function asQuantity(resource: string, amount: number): string {
  if (resource === 'cpu') return amount % 1000 === 0 ? String(amount / 1000) : `${amount}m`
  if (resource !== 'memory' && resource !== 'ephemeral-storage') return String(amount)
  const units = ['Gi', 'Mi', 'Ki'] as const
  const unit = units.find((_unit, index) => amount > 0 && amount % 1024 ** (3 - index) === 0)
  return unit ? `${amount / 1024 ** (3 - units.indexOf(unit))}${unit}` : String(amount)
}

function lowered(spec: Pod['spec'], resource: string, to: number): Partial<Pod['spec']> {
  if (spec.resources?.requests?.[resource] !== undefined) return { resources: withRequest(spec.resources, resource, to) }
  const total = (candidate: Partial<Pod['spec']>): number => amountOf(podRequests({ spec: { ...spec, ...candidate } }), resource)
  let changed: { containers: V1Container[]; initContainers?: V1Container[] } = {
    containers: spec.containers,
    ...(spec.initContainers ? { initContainers: spec.initContainers } : {}),
  }
  // Each in turn, the largest first, as far as it is needed.
  const places = [
    ...spec.containers.map((container, index) => ({ list: 'containers' as const, index, container })),
    ...(spec.initContainers ?? []).map((container, index) => ({ list: 'initContainers' as const, index, container })),
  ].toSorted((a, b) => requestOf(b.container, resource) - requestOf(a.container, resource))
  for (const { list, index, container } of places) {
    const excess = total(changed) - to
    if (excess <= 0) break
    const own = requestOf(container, resource)
    if (own === 0) continue
    const smaller = { ...container, resources: withRequest(container.resources, resource, Math.max(0, own - excess)) }
    changed = { ...changed, [list]: (changed[list] ?? []).with(index, smaller) }
  }
  return changed
}

const requestOf = ({ resources }: V1Container, resource: string): number =>
  amountOf(podRequests({ spec: { containers: [{ name: '', image: '', ...(resources ? { resources } : {}) }] } }), resource)

/** A limit may stay above the request. */
const withRequest = (resources: V1ResourceRequirements | undefined, resource: string, to: number): V1ResourceRequirements => ({
  ...resources,
  requests: { ...resources?.requests, [resource]: asQuantity(resource, to) },
})
