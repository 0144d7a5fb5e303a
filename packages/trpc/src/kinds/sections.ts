import type { Kind } from '@quarterdeck/api'

/** The parts of the navigation, in their order. */
export const sections = ['Workloads', 'Network', 'Storage', 'Config', 'Policy', 'Access', 'Cluster', 'Other'] as const

export type Section = (typeof sections)[number]

interface Members {
  /** In the order a person looks for them. */
  usual: readonly string[]
  /** Those that are looked at now and then: the navigation shows them when asked to. */
  rare: readonly string[]
}

/** Kinds that are not named are under Other. */
const members: Record<Exclude<Section, 'Other'>, Members> = {
  Workloads: {
    usual: [
      'deployments.apps',
      'statefulsets.apps',
      'daemonsets.apps',
      'jobs.batch',
      'cronjobs.batch',
      'pods',
      'horizontalpodautoscalers.autoscaling',
    ],
    rare: [
      'replicasets.apps',
      'replicationcontrollers',
      'controllerrevisions.apps',
      'podtemplates',
      'resourceclaims.resource.k8s.io',
      'resourceclaimtemplates.resource.k8s.io',
    ],
  },
  Network: {
    usual: ['services', 'ingresses.networking.k8s.io', 'networkpolicies.networking.k8s.io'],
    rare: [
      'endpointslices.discovery.k8s.io',
      'endpoints',
      'ingressclasses.networking.k8s.io',
      'servicecidrs.networking.k8s.io',
      'ipaddresses.networking.k8s.io',
    ],
  },
  Storage: {
    usual: ['persistentvolumeclaims', 'persistentvolumes', 'storageclasses.storage.k8s.io'],
    rare: [
      'volumeattributesclasses.storage.k8s.io',
      'volumeattachments.storage.k8s.io',
      'csidrivers.storage.k8s.io',
      'csinodes.storage.k8s.io',
      'csistoragecapacities.storage.k8s.io',
    ],
  },
  Config: { usual: ['configmaps', 'secrets'], rare: [] },
  Policy: {
    usual: ['poddisruptionbudgets.policy', 'resourcequotas', 'limitranges', 'priorityclasses.scheduling.k8s.io'],
    rare: ['runtimeclasses.node.k8s.io'],
  },
  Access: {
    usual: [
      'serviceaccounts',
      'roles.rbac.authorization.k8s.io',
      'rolebindings.rbac.authorization.k8s.io',
      'clusterroles.rbac.authorization.k8s.io',
      'clusterrolebindings.rbac.authorization.k8s.io',
    ],
    rare: [],
  },
  Cluster: {
    usual: ['nodes', 'namespaces', 'events'],
    rare: ['leases.coordination.k8s.io', 'deviceclasses.resource.k8s.io', 'resourceslices.resource.k8s.io'],
  },
}

const places = new Map(
  Object.entries(members).flatMap(([section, { usual, rare }]) =>
    [...usual, ...rare].map((r, index) => [r, { section: section as Section, index, isRare: rare.includes(r) }] as const),
  ),
)

export function sectionOf({ resource }: Pick<Kind, 'resource'>): Section {
  return places.get(resource)?.section ?? unlisted[resource] ?? 'Other'
}

/** Kinds that say nothing which the pages of others don't say better: found by search, not in the navigation. */
const unlisted: Readonly<Record<string, Section>> = { 'nodeusages.metrics.quarterdeck.dev': 'Cluster' }

export function isInNavigation({ resource }: Pick<Kind, 'resource'>): boolean {
  return !(resource in unlisted)
}

export function isRare({ resource }: Pick<Kind, 'resource'>): boolean {
  return places.get(resource)?.isRare ?? false
}

/** For sorting kinds inside a section. */
export function placeOf({ resource }: Pick<Kind, 'resource'>): number {
  return places.get(resource)?.index ?? Number.MAX_SAFE_INTEGER
}
