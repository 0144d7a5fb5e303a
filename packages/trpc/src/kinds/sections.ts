import type { Kind } from '@quarterdeck/api'

/** The parts of the navigation, in their order. */
export const sections = ['Workloads', 'Network', 'Storage', 'Config', 'Cluster', 'Other'] as const

export type Section = (typeof sections)[number]

/** Kinds in the order a person looks for them; those that are not named are under Other. */
const members: Record<Exclude<Section, 'Other'>, readonly string[]> = {
  Workloads: [
    'deployments.apps',
    'statefulsets.apps',
    'daemonsets.apps',
    'jobs.batch',
    'cronjobs.batch',
    'pods',
    'replicasets.apps',
    'replicationcontrollers',
  ],
  Network: ['services', 'ingresses.networking.k8s.io', 'endpointslices.discovery.k8s.io', 'endpoints', 'networkpolicies.networking.k8s.io'],
  Storage: [
    'persistentvolumeclaims',
    'persistentvolumes',
    'storageclasses.storage.k8s.io',
    'volumeattributesclasses.storage.k8s.io',
    'volumeattachments.storage.k8s.io',
    'csidrivers.storage.k8s.io',
    'csinodes.storage.k8s.io',
    'csistoragecapacities.storage.k8s.io',
  ],
  Config: ['configmaps', 'secrets', 'serviceaccounts'],
  Cluster: ['nodes', 'namespaces', 'events', 'leases.coordination.k8s.io'],
}

const places = new Map(
  Object.entries(members).flatMap(([section, resources]) => resources.map((r, index) => [r, { section, index }] as const)),
)

export function sectionOf({ resource }: Pick<Kind, 'resource'>): Section {
  return (places.get(resource)?.section ?? 'Other') as Section
}

/** For sorting kinds inside a section. */
export function placeOf({ resource }: Pick<Kind, 'resource'>): number {
  return places.get(resource)?.index ?? Number.MAX_SAFE_INTEGER
}
