/**
 * Of fields of which the generated models describe only the type (a number or a text), what they mean. Keys are `Model.property`.
 * Read by `kubectl explain`.
 */
export const fieldDescriptions: Readonly<Record<string, string>> = {
  'V1HTTPGetAction.port': 'Number (1 to 65535) or name of the port of the container to ask.',
  'V1TCPSocketAction.port': 'Number (1 to 65535) or name of the port of the container to connect to.',
  'V1ServicePort.targetPort':
    'Number or name of the port of the pods behind the service. A name is looked up among the ports of the containers of each pod. ' +
    'Left out, it is the value of the `port` field. Ignored where clusterIP is None; leave it out there or set it to the same number as `port`.',
  'V1PodDisruptionBudgetSpec.maxUnavailable':
    'An eviction is allowed if at most this many pods that the selector selects are unavailable after it; 0 prevents every voluntary ' +
    'eviction. A number or a percentage. Cannot be combined with minAvailable.',
  'V1PodDisruptionBudgetSpec.minAvailable':
    'An eviction is allowed if at least this many pods that the selector selects are available after it; "100%" prevents every voluntary ' +
    'eviction. A number or a percentage. Cannot be combined with maxUnavailable.',
  'V1RollingUpdateDeployment.maxSurge':
    'How many pods may run beyond the wanted number during an update: a number (5) or a percentage of the wanted pods (10%), rounded up. ' +
    'Must not be 0 if maxUnavailable is 0. Defaults to 25%: a new replica set may scale up at once until 125% of the wanted pods run.',
  'V1RollingUpdateDeployment.maxUnavailable':
    'How many pods may be unavailable during an update: a number (5) or a percentage of the wanted pods (10%), rounded down. ' +
    'Must not be 0 if maxSurge is 0. Defaults to 25%: the old replica set may scale down at once to 75% of the wanted pods.',
  'V1RollingUpdateStatefulSetStrategy.maxUnavailable':
    'How many pods may be unavailable during an update: a number (5) or a percentage of the wanted pods (10%), rounded up. Must not be 0. ' +
    'Defaults to 1. Counts for all pods from 0 to replicas-1; one of them that is not available counts towards it.',
  'V1RollingUpdateDaemonSet.maxSurge':
    'How many nodes may run both an old, available pod and a new one during an update: a number (5) or a percentage of the wanted pods ' +
    '(10%), rounded up. Must not be 0 if maxUnavailable is 0. Defaults to 0. The old pod of a node goes once the new one is available.',
  'V1RollingUpdateDaemonSet.maxUnavailable':
    'How many pods may be unavailable during an update: a number (5) or a percentage of the nodes that should run one (10%), rounded up. ' +
    'Must not be 0 if maxSurge is 0. Defaults to 1.',
}
