import { dns1035LabelErrors, type Namespaced } from '@quarterdeck/api-machinery'

import type { V1Service, V1ServicePort } from '../generated/types.ts'
import { ageColumn, defineKind, nameColumn } from '../kind.ts'
import { labelMapText } from '../pod-spec/template-columns.ts'
import { serviceWarnings } from '../validation/service-warnings.ts'
import { validateService, validateServiceStatusUpdate, validateServiceUpdate } from '../validation/service.ts'

export type Service = Namespaced<V1Service, 'spec' | 'status'>

function externalIPs({ spec, status }: Service): string {
  const ingress = (status?.loadBalancer?.ingress ?? []).map((i) => i.ip || i.hostname || '').filter(Boolean)
  const listed = spec.externalIPs ?? []
  switch (spec.type) {
    case 'LoadBalancer':
      return [...ingress, ...listed].join(',') || '<pending>'
    case 'ExternalName':
      return spec.externalName ?? ''
    default:
      return listed.join(',') || '<none>'
  }
}

function portText({ port, nodePort, protocol }: V1ServicePort): string {
  return nodePort ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`
}

export const services = defineKind<Service>({
  group: '',
  version: 'v1',
  kind: 'Service',
  plural: 'services',
  scope: 'Namespaced',
  model: 'V1Service',
  shortNames: ['svc'],
  categories: ['all'],
  hasStatus: true,
  columns: [
    nameColumn,
    { name: 'Type', type: 'string', description: 'How the service is reached.', priority: 0, value: (o) => o.spec.type ?? '' },
    {
      name: 'Cluster-IP',
      type: 'string',
      description: 'Address inside the cluster.',
      priority: 0,
      value: (o) => o.spec.clusterIP || '<none>',
    },
    { name: 'External-IP', type: 'string', description: 'Addresses outside the cluster.', priority: 0, value: externalIPs },
    {
      name: 'Port(s)',
      type: 'string',
      description: 'Ports, with the node port behind a colon.',
      priority: 0,
      value: (o) => (o.spec.ports ?? []).map(portText).join(',') || '<none>',
    },
    ageColumn,
    {
      name: 'Selector',
      type: 'string',
      description: 'Labels of the pods behind it.',
      priority: 1,
      value: (o) => labelMapText(o.spec.selector),
    },
  ],
  selectableFields: { 'spec.clusterIP': (o) => o.spec.clusterIP ?? '', 'spec.type': (o) => o.spec.type ?? '' },
  nameErrors: dns1035LabelErrors,
  applyDefaults({ spec, status }) {
    if (status) status.loadBalancer ??= {}
    for (const ingress of status?.loadBalancer?.ingress ?? []) if (ingress.ip) ingress.ipMode ??= 'VIP'
    if (!spec) return
    spec.sessionAffinity ??= 'None'
    spec.type ??= 'ClusterIP'
    if (spec.sessionAffinity === 'ClientIP') spec.sessionAffinityConfig ??= { clientIP: { timeoutSeconds: 10_800 } }
    if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig
    for (const port of spec.ports ?? []) {
      port.protocol ??= 'TCP'
      port.targetPort ??= port.port
    }
    if (spec.type === 'NodePort' || spec.type === 'LoadBalancer' || spec.externalIPs?.length) spec.externalTrafficPolicy ??= 'Cluster'
    if (spec.type === 'LoadBalancer') spec.allocateLoadBalancerNodePorts ??= true
    if (spec.type !== 'ExternalName') spec.internalTrafficPolicy ??= 'Cluster'
  },
  prepareForCreate(object) {
    object.status = { loadBalancer: {} }
  },
  prepareForUpdate(object, old) {
    dropFieldsOfOtherTypes(object, old)
  },
  validate: validateService,
  warnings: serviceWarnings,
  validateUpdate: validateServiceUpdate,
  validateStatusUpdate: validateServiceStatusUpdate,
})

/** A change of type takes along what only the old type has, unless the client changed it too. */
function dropFieldsOfOtherTypes({ spec }: Service, { spec: old }: Service): void {
  if (!spec || spec.type === old.type) return
  const usesExternalTraffic = spec.type === 'NodePort' || spec.type === 'LoadBalancer'
  if (!usesExternalTraffic) delete spec.externalTrafficPolicy
  if (spec.type !== 'LoadBalancer') {
    delete spec.allocateLoadBalancerNodePorts
    delete spec.healthCheckNodePort
    if (spec.loadBalancerClass === old.loadBalancerClass) delete spec.loadBalancerClass
  }
  if (spec.type === 'ExternalName') {
    if (spec.clusterIP === old.clusterIP) delete spec.clusterIP
    for (const field of ['clusterIPs', 'ipFamilies', 'ipFamilyPolicy', 'internalTrafficPolicy'] as const) delete spec[field]
  }
}
