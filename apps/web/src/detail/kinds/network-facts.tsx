import type { IPAddress, Service, V1EndpointSlice, V1ServiceCIDR } from '@quarterdeck/api'
import { announcedByAnnotation, loadBalancerClass } from '@quarterdeck/api/load-balancer'
import type { ReactNode } from 'react'

import { pairsOf, type Fact } from '../facts.tsx'
import { ObjectRef } from './object-ref.tsx'

export function serviceFacts({ metadata, spec, status }: Service): Fact[] {
  const ips = (spec.clusterIPs ?? [spec.clusterIP ?? '']).filter(Boolean)
  return [
    ['Service type', spec.type],
    ['External name', spec.externalName],
    ['Cluster IP', ips[0] === 'None' ? 'none: its name leads to the pods themselves (headless)' : addressesOf(ips)],
    ...(spec.type === 'LoadBalancer' ? loadBalancerFacts({ metadata, spec, status }) : []),
    ['External IPs', addressesOf(spec.externalIPs)],
    ['Ports', spec.ports && spec.ports.length > 0 && <Ports key="ports" ports={spec.ports} />],
    ['Prefers', preferenceText[spec.trafficDistribution ?? '']],
    ['Traffic inside', spec.internalTrafficPolicy === 'Local' && 'only to pods on the same node (Local)'],
    ['Traffic from outside', spec.externalTrafficPolicy === 'Local' && 'only to pods on the node it reaches (Local)'],
    ['Health check port', spec.healthCheckNodePort],
    [
      'Affinity',
      spec.sessionAffinity === 'ClientIP' &&
        `a client stays with its pod for ${spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10_800} s`,
    ],
    ['Selector', pairsOf(spec.selector)],
    ['Not ready pods', spec.publishNotReadyAddresses && 'get traffic too'],
  ]
}

const preferenceText: Readonly<Record<string, string>> = {
  PreferClose: 'pods of the same zone (PreferClose)',
  PreferSameZone: 'pods of the same zone (PreferSameZone)',
  PreferSameNode: 'pods on the same node, then of the same zone (PreferSameNode)',
}

function loadBalancerFacts({ metadata, spec, status }: Pick<Service, 'metadata' | 'spec' | 'status'>): Fact[] {
  const { ingress = [] } = status.loadBalancer ?? {}
  const node = metadata.annotations?.[announcedByAnnotation]
  const { loadBalancerClass: own = loadBalancerClass } = spec
  return [
    ['Address', ingress.length > 0 ? addressesOf(ingress.flatMap(({ ip, hostname }) => ip ?? hostname ?? [])) : 'none yet'],
    ['Answered by', node ? <ObjectRef key="node" resource="nodes" name={node} /> : ingress.length > 0 && 'no node at present'],
    ['Class', own === loadBalancerClass ? `${own}: the nodes themselves, with an address of their pool` : own],
    ['Only from', spec.loadBalancerSourceRanges?.join(', ')],
  ]
}

function addressesOf(texts: readonly string[] = []): ReactNode {
  return (
    texts.length > 0 && (
      <code key="addresses" className="font-mono text-xs">
        {texts.join(', ')}
      </code>
    )
  )
}

function Ports({ ports }: { ports: NonNullable<Service['spec']['ports']> }) {
  return (
    <ul>
      {ports.map(({ name, port, targetPort, nodePort, protocol = 'TCP' }) => (
        <li key={`${port}/${protocol}`} className="font-mono text-xs">
          {name && `${name}: `}
          {port}
          {targetPort !== undefined && ` → ${targetPort}`}
          {nodePort !== undefined && ` (on nodes ${nodePort})`} {protocol}
        </li>
      ))}
    </ul>
  )
}

export function serviceCidrFacts({ spec }: V1ServiceCIDR): Fact[] {
  return [['Networks', addressesOf(spec?.cidrs)]]
}

export function ipAddressFacts({ metadata, spec: { parentRef } }: IPAddress): Fact[] {
  const { group, resource, namespace, name } = parentRef
  return [
    [
      'Belongs to',
      <ObjectRef key="parent" resource={group ? `${resource}.${group}` : resource} namespace={namespace} name={name}>
        {[resource, namespace, name].filter(Boolean).join('/')}
      </ObjectRef>,
    ],
    ['Family', metadata.labels?.['ipaddress.kubernetes.io/ip-family']],
  ]
}

export function endpointSliceFacts({ addressType, ports = [] }: V1EndpointSlice): Fact[] {
  return [
    ['Addresses', addressType],
    ['Ports', ports.map(({ name, port, protocol }) => `${name ? `${name}: ` : ''}${port ?? 'any'} ${protocol ?? 'TCP'}`).join(', ')],
  ]
}
