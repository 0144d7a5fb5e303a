import { Meter, Panel, cn } from '@quarterdeck/ui'

import { bytesText, coresText, numberOf } from '../console/units.ts'
import type { AnyObject, ContainerSpec } from './any-object.ts'
import type { InspectionState } from './use-inspection.ts'

interface Line {
  label: string
  used: number
  limit: number
  requested: number
  textOf: (amount: number) => string
}

/** What a pod or a node uses now, against what it may use and what it asked for. */
export function UsagePanel({ resource, object, usage }: { resource: string; object: AnyObject; usage: InspectionState['usage'] }) {
  if (resource !== 'nodes' && resource !== 'pods') return undefined
  if (usage === undefined || (usage === null && resource === 'pods' && !hasRunningContainer(object))) return undefined
  const lines = usage && (resource === 'nodes' ? nodeLines(object, usage) : podLines(object, usage))
  return (
    <Panel title="In use now">
      {!lines ? (
        <p className="px-4 py-3 text-sm text-muted">Not measured lately. Agents tell it every 15 seconds.</p>
      ) : (
        <div className={cn('grid gap-x-8 gap-y-4 p-4', lines.length <= 2 && 'md:grid-cols-2')}>
          {lines.map(({ label, used, limit, requested, textOf }) => (
            <Meter
              key={label}
              label={label}
              value={used}
              max={limit || Math.max(requested, used)}
              isCalm={limit === 0}
              text={limit ? `${textOf(used)} of ${textOf(limit)}` : `${textOf(used)}, no limit`}
              {...(requested ? { mark: requested, markText: `${textOf(requested)} requested` } : {})}
            />
          ))}
        </div>
      )}
    </Panel>
  )
}

/** While none runs there is nothing to measure. */
function hasRunningContainer({ status }: AnyObject): boolean {
  return status?.containerStatuses?.some(({ state }) => state?.['running']) ?? false
}

type Usage = NonNullable<InspectionState['usage']>

const cores = (millis: number): string => `${coresText(millis)} cores`
const milliCores = (millis: number): string => (millis < 1000 ? `${Math.round(millis)}m` : coresText(millis))

function nodeLines({ status }: AnyObject, usage: Usage): Line[] {
  const allocatable = status?.allocatable ?? {}
  return [
    { label: 'CPU', used: usage.cpuMillis, limit: numberOf(allocatable['cpu'] ?? '') * 1000, requested: 0, textOf: cores },
    { label: 'Memory', used: usage.memoryBytes, limit: numberOf(allocatable['memory'] ?? ''), requested: 0, textOf: bytesText },
  ]
}

function podLines({ spec }: AnyObject, { containers = [] }: Usage): Line[] {
  const specs = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])]
  return containers.flatMap(({ name, cpuMillis, memoryBytes }) => {
    const of = specs.find((container) => container.name === name)
    const prefix = containers.length > 1 ? `${name}: ` : ''
    return [
      { label: `${prefix}CPU`, used: cpuMillis, ...boundsOf(of, 'cpu', 1000), textOf: milliCores },
      { label: `${prefix}memory`.replace(/^m/, 'M'), used: memoryBytes, ...boundsOf(of, 'memory', 1), textOf: bytesText },
    ]
  })
}

function boundsOf(container: ContainerSpec | undefined, name: string, factor: number): { limit: number; requested: number } {
  const { limits, requests } = container?.resources ?? {}
  return { limit: numberOf(limits?.[name] ?? '') * factor, requested: numberOf(requests?.[name] ?? '') * factor }
}
