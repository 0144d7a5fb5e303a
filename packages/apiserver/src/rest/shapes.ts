import type { Column, Kind } from '@quarterdeck/api'
import type { KubeObject } from '@quarterdeck/api-machinery'
import type { StoredObject } from '@quarterdeck/storage'

import { servedJson, servedObject } from '../api-core.ts'
import type { ListResult } from '../verbs/list.ts'
import type { Output } from './negotiate.ts'

/** Which part of each object a table row carries (`includeObject`). */
export type IncludeObject = 'None' | 'Metadata' | 'Object'

/** One object in the shape the client asked for, as JSON. */
export function renderObject(kind: Kind, stored: StoredObject, output: Output, include: IncludeObject): string {
  if (output.shape === 'object') return servedJson(kind, stored)
  return JSON.stringify(shapedObject(kind, servedObject(kind, stored), output, include))
}

/** As renderObject, for an object that is in no cache (a dry run's). */
export function shapedObject(kind: Kind, object: KubeObject, output: Output, include: IncludeObject): unknown {
  switch (output.shape) {
    case 'Table':
      return tableOf(kind, [object], { version: output.version, include, metadata: { resourceVersion: object.metadata.resourceVersion } })
    case 'PartialObjectMetadata':
    case 'PartialObjectMetadataList':
      return partial(object, output.version)
    default:
      return object
  }
}

/** A list in the shape the client asked for, as JSON. Whole objects are joined from their cached bytes. */
export function renderList(kind: Kind, list: ListResult, output: Output, include: IncludeObject): string {
  const metadata = {
    resourceVersion: String(list.revision),
    ...(list.continue ? { continue: list.continue } : {}),
    ...(list.remaining === undefined ? {} : { remainingItemCount: list.remaining }),
  }
  const objects = (): KubeObject[] => list.items.map((stored) => servedObject(kind, stored))
  switch (output.shape) {
    case 'Table':
      return JSON.stringify(tableOf(kind, objects(), { version: output.version, include, metadata }))
    case 'PartialObjectMetadata':
    case 'PartialObjectMetadataList': {
      const items = objects().map((object) => partial(object, output.version))
      return JSON.stringify({ kind: 'PartialObjectMetadataList', apiVersion: `meta.k8s.io/${output.version}`, metadata, items })
    }
    default: {
      const head = `{"kind":"${kind.kind}List","apiVersion":"${kind.apiVersion}","metadata":${JSON.stringify(metadata)},"items":[`
      return `${head}${list.items.map((stored) => servedJson(kind, stored)).join(',')}]}`
    }
  }
}

function partial(object: KubeObject, version: string): unknown {
  return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${version}`, metadata: object.metadata }
}

interface TableOptions {
  version: string
  include: IncludeObject
  metadata: object
}

/** meta.k8s.io Table. Times are shown as ages, as kubectl prints cells as they come. */
export function tableOf(kind: Kind, objects: readonly KubeObject[], { version, include, metadata }: TableOptions): unknown {
  const now = Date.now()
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${version}`,
    metadata,
    columnDefinitions: kind.columns.map((c) => ({
      name: c.name,
      type: c.type === 'date' ? 'string' : c.type,
      format: c.format ?? '',
      description: c.description,
      priority: c.priority,
    })),
    rows: objects.map((object) => ({
      cells: kind.columns.map((column) => cellOf(column, object, now)),
      ...(include === 'None' ? {} : { object: include === 'Object' ? object : partial(object, version) }),
    })),
  }
}

function cellOf(column: Column<KubeObject>, object: KubeObject, nowMs: number): string | number | boolean | null {
  const value = column.value(object, nowMs)
  if (column.type !== 'date') return value
  return typeof value === 'string' && value ? humanDuration(nowMs - Date.parse(value)) : '<unknown>'
}

/** An age in the two coarsest units that matter, as kubectl shows it: `45s`, `3m12s`, `5h`, `2d3h`, `400d`. */
export function humanDuration(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  if (seconds < -1) return '<invalid>'
  if (seconds < 0) return '0s'
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(minutes / 60)
  const days = Math.floor(hours / 24)
  const two = (major: number, majorUnit: string, minor: number, minorUnit: string): string =>
    `${major}${majorUnit}${minor ? `${minor}${minorUnit}` : ''}`
  if (seconds < 120) return `${seconds}s`
  if (minutes < 10) return two(minutes, 'm', seconds % 60, 's')
  if (minutes < 180) return `${minutes}m`
  if (hours < 8) return two(hours, 'h', minutes % 60, 'm')
  if (hours < 48) return `${hours}h`
  if (days < 8) return two(days, 'd', hours % 24, 'h')
  if (days < 730) return `${days}d`
  const years = Math.floor(days / 365)
  return years < 8 ? two(years, 'y', days % 365, 'd') : `${years}y`
}
