import type { Service } from '../kinds/service.ts'
import { addressWarnings } from './address-warnings.ts'
import { isHeadless } from './service-addresses.ts'

/** What a Service says in vain, or in a way that has been replaced. */
export function serviceWarnings({ metadata, spec }: Service): string[] {
  if (!spec) return []
  const { clusterIPs = [], externalIPs = [], loadBalancerIP, externalName, type, trafficDistribution } = spec
  const headless = type === 'ClusterIP' && isHeadless(spec)
  const isExternalName = type === 'ExternalName'
  const said: [applies: boolean, warning: string][] = [
    [headless && Boolean(loadBalancerIP), 'spec.loadBalancerIP is ignored for headless services'],
    [headless && externalIPs.length > 0, 'spec.externalIPs is ignored for headless services'],
    [headless && spec.sessionAffinity !== 'None', 'spec.SessionAffinity is ignored for headless services'],
    [
      externalIPs.length > 0 && !headless && !isExternalName,
      'spec.externalIPs is deprecated and may no longer be implemented in some clusters',
    ],
    [isExternalName && externalIPs.length > 0, 'spec.externalIPs is ignored when spec.type is "ExternalName"'],
    [!isExternalName && Boolean(externalName), 'spec.externalName is ignored when spec.type is not "ExternalName"'],
    [trafficDistribution === 'PreferClose', 'spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"'],
    [
      metadata.annotations?.['service.kubernetes.io/topology-aware-hints'] !== undefined,
      'annotation service.kubernetes.io/topology-aware-hints is deprecated, please use service.kubernetes.io/topology-mode instead',
    ],
  ]
  return [
    ...clusterIPs.flatMap((ip, i) => addressWarnings(ip, `spec.clusterIPs[${i}]`)),
    ...externalIPs.flatMap((ip, i) => addressWarnings(ip, `spec.externalIPs[${i}]`)),
    ...addressWarnings(loadBalancerIP ?? '', 'spec.loadBalancerIP'),
    ...said.flatMap(([applies, warning]) => (applies ? [warning] : [])),
  ]
}
