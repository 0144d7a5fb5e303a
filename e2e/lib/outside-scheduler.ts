import { CoordinationV1Api, CoreV1Api, EventsV1Api, KubeConfig, V1MicroTime, Watch, type V1Pod } from '@kubernetes/client-node'

export interface OutsideScheduler {
  bind(pod: { namespace: string; name: string; uid?: string }, node: string): Promise<void>
  stop(): void
}

/**
 * A scheduler as somebody would write one with Kubernetes' own client library and nothing but its REST API: holds a Lease, watches
 * the pods that name it, gives each the node whose name comes last, and says so in an event.
 */
export async function startOutsideScheduler(kubeconfig: string, schedulerName: string): Promise<OutsideScheduler> {
  const config = new KubeConfig()
  config.loadFromFile(kubeconfig)
  const core = config.makeApiClient(CoreV1Api)
  const events = config.makeApiClient(EventsV1Api)
  const lease = { holderIdentity: schedulerName, leaseDurationSeconds: 15, renewTime: new V1MicroTime() }
  await config.makeApiClient(CoordinationV1Api).createNamespacedLease({
    namespace: 'kube-system',
    body: { metadata: { name: schedulerName }, spec: lease },
  })

  async function bind({ namespace, ...metadata }: { namespace: string; name: string; uid?: string }, node: string): Promise<void> {
    const target = { apiVersion: 'v1', kind: 'Node', name: node }
    await core.createNamespacedPodBinding({ namespace, name: metadata.name, body: { metadata, target } })
  }

  async function place(pod: V1Pod): Promise<void> {
    const { namespace = '', name = '', uid } = pod.metadata ?? {}
    const { items } = await core.listNode()
    const node =
      items
        .map(({ metadata }) => metadata?.name ?? '')
        .toSorted()
        .at(-1) ?? ''
    await bind({ namespace, name, ...(uid ? { uid } : {}) }, node)
    await events.createNamespacedEvent({
      namespace,
      body: {
        metadata: { generateName: `${name}.`, namespace },
        eventTime: new V1MicroTime(),
        type: 'Normal',
        reason: 'Scheduled',
        action: 'Binding',
        note: `Placed on ${node}`,
        regarding: { apiVersion: 'v1', kind: 'Pod', namespace, name, ...(uid ? { uid } : {}) },
        reportingController: schedulerName,
        reportingInstance: `${schedulerName}-1`,
      },
    })
  }

  const fieldSelector = `spec.schedulerName=${schedulerName},spec.nodeName=`
  const { metadata, items } = await core.listPodForAllNamespaces({ fieldSelector })
  for (const pod of items) await place(pod)
  const watching = await new Watch(config).watch(
    '/api/v1/pods',
    { fieldSelector, resourceVersion: metadata?.resourceVersion ?? '' },
    (type, pod: V1Pod) => {
      if (type === 'ADDED') void place(pod)
    },
    () => {},
  )
  return { bind, stop: () => watching.abort() }
}
