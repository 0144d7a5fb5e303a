import type {
  ResourceClaim,
  V1DeviceClass,
  V1DeviceSelector,
  V1NodeSelector,
  V1ResourceClaimTemplate,
  V1ResourceSlice,
} from '@quarterdeck/api'

import { pairsOf, type Fact } from '../facts.tsx'
import { ObjectRef } from './object-ref.tsx'
import { Since } from './workload-facts.tsx'

export function deviceClaimFacts({ metadata, status }: ResourceClaim): Fact[] {
  const { allocation, reservedFor = [] } = status
  const podName = metadata.annotations?.['resource.kubernetes.io/pod-claim-name']
  return [
    [
      'Allocated',
      allocation ? <Since key="allocated" time={allocation.allocationTimestamp} /> : 'not yet: a pod that names it must be scheduled',
    ],
    [
      'Reserved for',
      reservedFor.length > 0 && (
        <ul key="reserved">
          {reservedFor.map(({ apiGroup, resource, name, uid }) => (
            <li key={uid}>
              <ObjectRef resource={apiGroup ? `${resource}.${apiGroup}` : resource} namespace={metadata.namespace} name={name} />
            </li>
          ))}
        </ul>
      ),
    ],
    ['Its pod calls it', podName],
    ['Only on nodes', allocation?.nodeSelector && <NodeTerms key="nodes" selector={allocation.nodeSelector} />],
  ]
}

export function deviceTemplateFacts({ spec }: V1ResourceClaimTemplate): Fact[] {
  return [['Labels of its claims', pairsOf(spec.metadata?.labels)]]
}

export function deviceClassFacts({ spec }: V1DeviceClass): Fact[] {
  return [
    ['Selects', spec.selectors?.length ? <Selectors key="selectors" selectors={spec.selectors} /> : 'every device'],
    ['Also asked for as', spec.extendedResourceName && <code className="font-mono text-xs">{spec.extendedResourceName}</code>],
    ['Set up by', [...new Set(spec.config?.map(({ opaque }) => opaque?.driver))].filter(Boolean).join(', ')],
  ]
}

export function resourceSliceFacts({ spec }: V1ResourceSlice): Fact[] {
  const { name, generation, resourceSliceCount } = spec.pool
  return [
    ['Driver', spec.driver],
    ['Pool', `${name}, generation ${generation}, of ${resourceSliceCount} ${resourceSliceCount === 1 ? 'slice' : 'slices'}`],
    ['Node', spec.nodeName && <ObjectRef key="node" resource="nodes" name={spec.nodeName} />],
    ['Reached from', spec.allNodes ? 'every node' : spec.perDeviceNodeSelection && 'nodes that each device names'],
    ['Only on nodes', spec.nodeSelector && <NodeTerms key="nodes" selector={spec.nodeSelector} />],
    [
      'Shared counters',
      spec.sharedCounters?.map(({ name: set, counters }) => (
        <div key={set}>
          {set}:{' '}
          {Object.entries(counters)
            .map(([counter, { value }]) => `${counter} ${value}`)
            .join(', ')}
        </div>
      )),
    ],
  ]
}

/** Expressions, one below the other; all must hold. */
export function Selectors({ selectors }: { selectors: readonly V1DeviceSelector[] | undefined }) {
  return selectors?.map(({ cel }) => (
    <code key={cel?.expression} className="block font-mono text-xs wrap-anywhere whitespace-pre-wrap">
      {cel?.expression}
    </code>
  ))
}

function NodeTerms({ selector }: { selector: V1NodeSelector }) {
  return selector.nodeSelectorTerms.map((term) => (
    <code key={JSON.stringify(term)} className="block font-mono text-xs break-words">
      {[...(term.matchFields ?? []), ...(term.matchExpressions ?? [])]
        .map(({ key, operator, values }) => `${key} ${operator} ${values?.join(', ') ?? ''}`)
        .join(' and ')}
    </code>
  ))
}
