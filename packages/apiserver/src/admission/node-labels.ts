type Labels = Readonly<Record<string, string>>

/** The labels that kubelets give their nodes; and any in the namespaces after them. */
const ofKubelets: ReadonlySet<string> = new Set([
  'kubernetes.io/hostname',
  'kubernetes.io/os',
  'kubernetes.io/arch',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/arch',
  'beta.kubernetes.io/instance-type',
  'node.kubernetes.io/instance-type',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
])
const namespacesOfKubelets = ['kubelet.kubernetes.io', 'node.kubernetes.io']
const restricted = 'node-restriction.kubernetes.io'

/** Labels that differ and that a node may not set, change or remove on itself, in order: those that steer work which is to be kept from it. */
export function forbiddenLabels(labels: Labels = {}, before: Labels = {}): string[] {
  const keys = new Set([...Object.keys(labels), ...Object.keys(before)])
  return [...keys].filter((key) => labels[key] !== before[key] && isForbidden(key)).toSorted()
}

function isForbidden(key: string): boolean {
  const namespace = key.includes('/') ? key.slice(0, key.indexOf('/')) : ''
  if (isIn(namespace, restricted)) return true
  const isKubernetes = isIn(namespace, 'kubernetes.io') || isIn(namespace, 'k8s.io')
  return isKubernetes && !ofKubelets.has(key) && !namespacesOfKubelets.some((other) => isIn(namespace, other))
}

const isIn = (namespace: string, domain: string): boolean => namespace === domain || namespace.endsWith(`.${domain}`)
