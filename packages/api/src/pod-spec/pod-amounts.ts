import { addQuantities, compareQuantities } from '@quarterdeck/api-machinery'

import type { V1Container, V1PodSpec } from '../generated/types.ts'

/** Quantities by the name of their resource. */
export type Amounts = Readonly<Record<string, string>>

/**
 * What a pod asks for at most at any time (`requests`), or is limited to (`limits`), exact and of every resource it names: what
 * quotas and limit ranges count. Containers and sidecars count together, init containers one at a time, resources of the whole
 * pod instead of its containers', its overhead on top.
 */
export function podAmounts(spec: V1PodSpec, list: 'requests' | 'limits'): Amounts {
  const of = (container: V1Container): Amounts => container.resources?.[list] ?? {}
  let sidecars: Amounts = {}
  let whileStarting: Amounts = {}
  for (const container of spec.initContainers ?? []) {
    const isSidecar = container.restartPolicy === 'Always'
    if (isSidecar) sidecars = sumAmounts(sidecars, of(container))
    whileStarting = most(whileStarting, isSidecar ? sidecars : sumAmounts(of(container), sidecars))
  }
  const running = spec.containers.map(of).reduce(sumAmounts, sidecars)
  const total = { ...most(running, whileStarting), ...spec.resources?.[list] }
  const overhead = Object.entries(spec.overhead ?? {}).filter(([name]) => list === 'requests' || name in total)
  return sumAmounts(total, Object.fromEntries(overhead))
}

export function sumAmounts(a: Amounts, b: Amounts): Amounts {
  const result = { ...a }
  for (const [name, amount] of Object.entries(b)) result[name] = result[name] === undefined ? amount : addQuantities(result[name], amount)
  return result
}

function most(a: Amounts, b: Amounts): Amounts {
  const result = { ...a }
  for (const [name, amount] of Object.entries(b))
    if (result[name] === undefined || compareQuantities(amount, result[name]) > 0) result[name] = amount
  return result
}
