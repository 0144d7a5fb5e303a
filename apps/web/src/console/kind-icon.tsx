import {
  Bell,
  Box,
  Boxes,
  Cable,
  Clock3,
  Copy,
  FileCog,
  FolderTree,
  Globe,
  Hourglass,
  KeyRound,
  Layers,
  LayoutGrid,
  ListTree,
  Rocket,
  Server,
  Shapes,
  UserCog,
  type LucideIcon,
} from 'lucide-react'

const icons: Readonly<Record<string, LucideIcon>> = {
  'deployments.apps': Rocket,
  pods: Box,
  'replicasets.apps': Boxes,
  replicationcontrollers: Boxes,
  'statefulsets.apps': Layers,
  'daemonsets.apps': Copy,
  'jobs.batch': Hourglass,
  'cronjobs.batch': Clock3,
  services: Globe,
  endpoints: Cable,
  'endpointslices.discovery.k8s.io': Cable,
  configmaps: FileCog,
  secrets: KeyRound,
  serviceaccounts: UserCog,
  nodes: Server,
  namespaces: FolderTree,
  events: Bell,
  'leases.coordination.k8s.io': Clock3,
  'controllerrevisions.apps': ListTree,
  podtemplates: LayoutGrid,
}

export function KindIcon({ resource, className }: { resource: string; className?: string }) {
  const Icon = icons[resource] ?? Shapes
  return <Icon className={className} aria-hidden strokeWidth={1.75} />
}
