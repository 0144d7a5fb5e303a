import type { Pod, V1Container, V1ObjectFieldSelector, V1ResourceFieldSelector } from '@quarterdeck/api'
import { canonicalQuantity, quantityToNumber } from '@quarterdeck/api-machinery'

import { VolumeError } from './payload.ts'

/** What containers may learn of their pod that its object does not say. */
export interface DownwardContext {
  pod: Pod
  podIps: readonly string[]
  hostIps: readonly string[]
  nodeName: string
  /** Amounts that stand for "no limit". */
  allocatable: { cpu: number; memoryBytes: number; ephemeralBytes: number }
}

/** Value of a fieldRef. A whole map of labels or annotations is one `key="value"` a line, keys in order. */
export function fieldValue(context: DownwardContext, selector: Pick<V1ObjectFieldSelector, 'fieldPath'>): string {
  const { metadata, spec } = context.pod
  const path = selector.fieldPath
  const keyed = /^metadata\.(labels|annotations)\['([^']*)'\]$/.exec(path)
  if (keyed) return metadata[keyed[1] as 'labels' | 'annotations']?.[keyed[2] ?? ''] ?? ''
  const values: Record<string, () => string> = {
    'metadata.name': () => metadata.name,
    'metadata.namespace': () => metadata.namespace,
    'metadata.uid': () => metadata.uid,
    'metadata.labels': () => formatMap(metadata.labels),
    'metadata.annotations': () => formatMap(metadata.annotations),
    'spec.nodeName': () => spec.nodeName ?? context.nodeName,
    'spec.serviceAccountName': () => spec.serviceAccountName ?? 'default',
    'status.hostIP': () => context.hostIps[0] ?? '',
    'status.hostIPs': () => context.hostIps.join(','),
    'status.podIP': () => context.podIps[0] ?? '',
    'status.podIPs': () => context.podIps.join(','),
  }
  const value = values[path]
  if (!value) throw new VolumeError(`unsupported fieldPath: ${path}`)
  return value()
}

function formatMap(map: Record<string, string> | undefined): string {
  return Object.entries(map ?? {})
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join('\n')
}

/** Value of a resourceFieldRef in units of its divisor, rounded up. */
export function resourceValue(context: DownwardContext, selector: V1ResourceFieldSelector, own?: V1Container): string {
  const { spec } = context.pod
  const container = selector.containerName
    ? [...spec.containers, ...(spec.initContainers ?? [])].find((c) => c.name === selector.containerName)
    : own
  if (!container) throw new VolumeError(`container ${selector.containerName ?? ''} not found`)
  const [kind, name] = splitResource(selector.resource)
  const stated = container.resources?.[kind]?.[name]
  const divisor = quantityToNumber(selector.divisor ?? '1') || 1
  return String(Math.ceil((stated === undefined ? fallbackOf(context, kind, name) : quantityToNumber(canonicalQuantity(stated))) / divisor))
}

function splitResource(text: string): ['limits' | 'requests', string] {
  const dot = text.indexOf('.')
  const kind = text.slice(0, dot)
  if (kind !== 'limits' && kind !== 'requests') throw new VolumeError(`unsupported container resource: ${text}`)
  return [kind, text.slice(dot + 1)]
}

function fallbackOf({ allocatable }: DownwardContext, kind: 'limits' | 'requests', name: string): number {
  if (kind === 'requests') return 0
  return { cpu: allocatable.cpu, memory: allocatable.memoryBytes, 'ephemeral-storage': allocatable.ephemeralBytes }[name] ?? 0
}
