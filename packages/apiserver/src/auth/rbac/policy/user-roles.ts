import type { RoleSpec } from './cluster-roles.ts'
import { on, paths, read, readWrite, write } from './rules.ts'

const shells = 'pods/attach pods/exec pods/portforward pods/proxy'
/** Of extensions, which is long gone, and of apps. */
const extensionsViewed = `daemonsets daemonsets/status deployments deployments/scale deployments/status ingresses ingresses/status
  networkpolicies replicasets replicasets/scale replicasets/status replicationcontrollers/scale`

/** The roles that people are given: admin, edit and view, and what they are made of. */
export const userRoles: Readonly<Record<string, RoleSpec>> = {
  'cluster-admin': { rules: [on('*', '*', '*'), { ...paths('*'), verbs: ['*'] }] },
  admin: { aggregates: 'admin', rules: [] },
  edit: { aggregates: 'edit', aggregateTo: 'admin', rules: [] },
  view: { aggregates: 'view', aggregateTo: 'edit', rules: [] },
  'system:aggregate-to-admin': {
    aggregateTo: 'admin',
    rules: [
      on('create', 'authorization.k8s.io', 'localsubjectaccessreviews'),
      on(readWrite, 'rbac.authorization.k8s.io', 'roles rolebindings'),
    ],
  },
  'system:aggregate-to-edit': {
    aggregateTo: 'edit',
    rules: [
      on(read, 'core', `${shells} secrets services/proxy`),
      on('impersonate', 'core', 'serviceaccounts'),
      on(write, 'core', `pods ${shells}`),
      on('create', 'core', 'pods/eviction'),
      on(
        write,
        'core',
        `configmaps events persistentvolumeclaims replicationcontrollers replicationcontrollers/scale secrets serviceaccounts services
          services/proxy`,
      ),
      on('create', 'core', 'serviceaccounts/token'),
      on(
        write,
        'apps',
        `daemonsets deployments deployments/rollback deployments/scale replicasets replicasets/scale statefulsets statefulsets/scale`,
      ),
      on(write, 'autoscaling', 'horizontalpodautoscalers'),
      on(write, 'batch', 'cronjobs jobs'),
      on(
        write,
        'extensions',
        `daemonsets deployments deployments/rollback deployments/scale ingresses networkpolicies replicasets replicasets/scale
          replicationcontrollers/scale`,
      ),
      on(write, 'policy', 'poddisruptionbudgets'),
      on(write, 'networking.k8s.io', 'ingresses networkpolicies'),
      on(readWrite, 'coordination.k8s.io', 'leases'),
      on(write, 'resource.k8s.io', 'resourceclaims resourceclaimtemplates'),
    ],
  },
  'system:aggregate-to-view': {
    aggregateTo: 'view',
    rules: [
      on(
        read,
        'core',
        `configmaps endpoints persistentvolumeclaims persistentvolumeclaims/status pods replicationcontrollers
          replicationcontrollers/scale serviceaccounts services services/status`,
      ),
      on(
        read,
        'core',
        `bindings events limitranges namespaces/status pods/log pods/status replicationcontrollers/status resourcequotas
          resourcequotas/status`,
      ),
      on(read, 'core', 'namespaces'),
      on(read, 'discovery.k8s.io', 'endpointslices'),
      on(
        read,
        'apps',
        `controllerrevisions daemonsets daemonsets/status deployments deployments/scale deployments/status replicasets replicasets/scale
          replicasets/status statefulsets statefulsets/scale statefulsets/status`,
      ),
      on(read, 'autoscaling', 'horizontalpodautoscalers horizontalpodautoscalers/status'),
      on(read, 'batch', 'cronjobs cronjobs/status jobs jobs/status'),
      on(read, 'extensions', extensionsViewed),
      on(read, 'policy', 'poddisruptionbudgets poddisruptionbudgets/status'),
      on(read, 'networking.k8s.io', 'ingresses ingresses/status networkpolicies'),
      on(read, 'resource.k8s.io', 'resourceclaims resourceclaims/status resourceclaimtemplates'),
    ],
  },
  // What the metrics server brings with it where there is one.
  'system:aggregated-metrics-reader': { aggregateTo: 'view', rules: [on(read, 'metrics.k8s.io', 'nodes pods')] },
  // Ours: why a pod is where it is.
  'quarterdeck:aggregate-to-view': { aggregateTo: 'view', rules: [on('get', 'core', 'pods/scheduling')] },
  // Ours: an agent is its node's proxy and DNS, too.
  'quarterdeck:node-agent': {
    rules: [on('list watch', 'core', 'services'), on('list watch', 'discovery.k8s.io', 'endpointslices')],
  },
}
