import { Link } from '../console/navigation.tsx'
import { objectHref } from '../console/route.ts'
import { bytesText, numberOf } from '../console/units.ts'
import type { AnyObject } from './any-object.ts'
import { Pairs, type Fact } from './facts.tsx'
import { PodDeviceClaims } from './kinds/pod-device-claims.tsx'
import { ownFactsOf } from './kinds/kind-parts.tsx'

/** What is worth knowing of an object beyond its metadata: what its kind says, else whichever of these parts it has. */
export function factsOf(resource: string, object: AnyObject): Fact[] {
  return ownFactsOf(resource, object) ?? [...replicaFacts(object), ...podFacts(object), ...nodeFacts(object), ['Type', object.type]]
}

function replicaFacts({ spec, status }: AnyObject): Fact[] {
  if (spec?.replicas === undefined) return []
  const { readyReplicas = 0, updatedReplicas, availableReplicas } = status ?? {}
  const parts = [
    `${readyReplicas} ready`,
    updatedReplicas === undefined ? '' : `${updatedReplicas} up to date`,
    availableReplicas === undefined ? '' : `${availableReplicas} available`,
  ]
  return [
    [
      'Replicas',
      <span key="replicas" className="tabular-nums">
        {spec.replicas} wanted · {parts.filter(Boolean).join(' · ')}
      </span>,
    ],
    ['Strategy', spec.strategy?.type],
    [
      'Selector',
      spec.selector && (
        <Pairs
          pairs={
            'matchLabels' in spec.selector
              ? (spec.selector.matchLabels as Record<string, string>)
              : (spec.selector as Record<string, string>)
          }
        />
      ),
    ],
  ]
}

function podFacts(pod: AnyObject): Fact[] {
  const { spec, status } = pod
  if (!spec?.containers) return []
  return [
    [
      'Node',
      spec.nodeName && (
        <Link href={objectHref({ resource: 'nodes', name: spec.nodeName })} className="text-accent hover:underline">
          {spec.nodeName}
        </Link>
      ),
    ],
    ['Pod IP', status?.podIP && <code className="font-mono text-xs">{status.podIP}</code>],
    ['Service account', spec.serviceAccountName],
    ['Quality of service', status?.qosClass],
    ['Device claims', spec.resourceClaims && <PodDeviceClaims key="claims" pod={pod} />],
  ]
}

function nodeFacts({ spec, status }: AnyObject): Fact[] {
  if (!status?.nodeInfo && !status?.allocatable) return []
  const { allocatable = {}, nodeInfo = {} } = status
  return [
    ['Takes new pods', spec?.unschedulable ? 'no, it is cordoned' : 'yes'],
    ['Allocatable', `${allocatable['cpu'] ?? '?'} CPU · ${memoryText(allocatable['memory'])} · ${allocatable['pods'] ?? '?'} pods`],
    ['Addresses', status.addresses?.map(({ type, address }) => `${address} (${type})`).join(', ')],
    ['Pod addresses', spec?.podCIDR],
    ['Taints', spec?.taints?.map(({ key, value, effect }) => `${key}${value ? `=${value}` : ''}:${effect}`).join(', ')],
    ['Version', nodeInfo['kubeletVersion']],
    ['System', [nodeInfo['osImage'], nodeInfo['architecture'], nodeInfo['kernelVersion']].filter(Boolean).join(' · ')],
    ['Runtime', nodeInfo['containerRuntimeVersion']],
  ]
}

/** A memory quantity in units people read. */
function memoryText(quantity: string | undefined): string {
  return quantity === undefined ? '?' : bytesText(numberOf(quantity))
}
