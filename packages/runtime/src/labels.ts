/** Labels from which an agent rebuilds what it knows of its pods. The io.kubernetes ones are those other tools look for. */
export const labels = {
  /** Which agent made it: every other engine user is left alone. */
  agent: 'io.quarterdeck.agent',
  /** `sandbox` or `container`. */
  role: 'io.quarterdeck.role',
  podName: 'io.kubernetes.pod.name',
  podNamespace: 'io.kubernetes.pod.namespace',
  podUid: 'io.kubernetes.pod.uid',
  containerName: 'io.kubernetes.container.name',
  sandboxId: 'io.kubernetes.sandbox.id',
  /** How many were made under this name before. */
  attempt: 'io.quarterdeck.attempt',
} as const

/** Names a pod to the runtime. The uid is the identity; the names make it readable. */
export interface PodIdentity {
  namespace: string
  name: string
  uid: string
}

/** `k8s_<container>_<pod>_<namespace>_<uid>_<attempt>`: making the same attempt twice conflicts instead of duplicating. */
export function containerNameOf(pod: PodIdentity, container: string, attempt: number): string {
  return `k8s_${container}_${pod.name}_${pod.namespace}_${pod.uid}_${attempt}`
}
