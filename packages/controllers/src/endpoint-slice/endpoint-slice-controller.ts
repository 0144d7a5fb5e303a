import { endpointSlices, nodes, pods, services, type EndpointSlice, type Service } from '@quarterdeck/api'
import { equalJson, controllerOf, isApiError, type ObjectKey } from '@quarterdeck/api-machinery'
import {
  defineController,
  done,
  index,
  onlyThis,
  watch,
  type ReconcileContext,
  type ReconcileResult,
} from '@quarterdeck/controller-runtime'

import { controllerReference } from '../ownership/owner-reference.ts'
import { isNamespaceTerminating } from '../pods/change-pods.ts'
import {
  hasManagedEndpoints,
  indexesOfSelectedPods,
  isHeadless,
  reachablePods,
  selectedPods,
  triggerTimeAnnotation,
  triggerTimeOf,
  watchSelectedPods,
} from '../services/selected-pods.ts'
import { planEndpointSlices } from './plan-endpoint-slices.ts'
import type { SliceContent } from './plan-slices.ts'

const serviceNameLabel = 'kubernetes.io/service-name'
const managedByLabel = 'endpointslice.kubernetes.io/managed-by'
const managedBy = 'endpointslice-controller.k8s.io'
const headlessLabel = 'service.kubernetes.io/headless'
const zoneLabel = 'topology.kubernetes.io/zone'
const byService = 'service'

/** Keeps the EndpointSlices of every Service with a selector: what proxies and DNS route to. */
export const endpointSliceController = defineController({
  name: 'endpointslice',
  component: 'endpoint-slice-controller',
  primary: services,
  watches: [watchSelectedPods, watch(endpointSlices, ({ object }) => serviceKeyOf(object))],
  reads: [nodes],
  writes: [endpointSlices],
  indexes: [
    ...indexesOfSelectedPods,
    index(endpointSlices, byService, (slice) => serviceKeyOf(slice).map(({ namespace, name }) => `${namespace}/${name}`)),
  ],
  batchMs: 50,
  reconcile,
})

async function reconcile(key: ObjectKey, ctx: ReconcileContext): Promise<ReconcileResult> {
  if (!ctx.seesOwnWrites(key)) return done
  const service = ctx.cache(services).get(key)
  const slices = ctx.cache(endpointSlices).byIndex(byService, `${key.namespace}/${key.name}`)
  if (!service) {
    for (const slice of slices) await remove(slice, ctx)
    return done
  }
  if (!hasManagedEndpoints(service) || service.metadata.deletionTimestamp) return done

  const selected = selectedPods(service, ctx.cache(pods))
  const plan = planEndpointSlices({
    service,
    pods: selected,
    slices: slices.filter((slice) => !slice.metadata.deletionTimestamp),
    zoneOf: (nodeName) => ctx.cache(nodes).get(nodeName)?.metadata.labels?.[zoneLabel],
  })
  const reachable = reachablePods(selected, { terminating: true })
  const labels = labelsOf(service)
  for (const content of plan.create) {
    await create(service, { content, labels, annotations: trigger(triggerTimeOf(service, reachable, undefined)) }, ctx)
  }
  for (const { slice, content } of plan.update) {
    const { [triggerTimeAnnotation]: previous, ...others } = slice.metadata.annotations ?? {}
    const annotations = { ...others, ...trigger(triggerTimeOf(service, reachable, previous)) }
    await ctx.client.update(endpointSlices, { ...slice, ...content, metadata: { ...slice.metadata, labels, annotations } })
  }
  for (const slice of plan.keep) {
    if (!equalJson(slice.metadata.labels, labels))
      await ctx.client.update(endpointSlices, { ...slice, metadata: { ...slice.metadata, labels } })
  }
  for (const slice of plan.delete) await remove(slice, ctx)
  return done
}

const trigger = (time: string | undefined): Record<string, string> => (time ? { [triggerTimeAnnotation]: time } : {})

async function create(
  service: Service,
  { content, labels, annotations }: { content: SliceContent; labels: Record<string, string>; annotations: Record<string, string> },
  ctx: ReconcileContext,
): Promise<void> {
  const { name, namespace } = service.metadata
  try {
    await ctx.client.create(endpointSlices, {
      metadata: { generateName: `${name}-`, namespace, labels, annotations, ownerReferences: [controllerReference(service, services)] },
      addressType: service.spec.ipFamilies?.[0] ?? 'IPv4',
      ...content,
    })
  } catch (error) {
    if (isNamespaceTerminating(error)) return
    const message = error instanceof Error ? error.message : String(error)
    ctx.recorder.event(
      service,
      'Warning',
      'FailedToUpdateEndpointSlices',
      `Error updating Endpoint Slices for Service ${namespace}/${name}: ${message}`,
    )
    throw error
  }
}

async function remove(slice: EndpointSlice, ctx: ReconcileContext): Promise<void> {
  const { key, options } = onlyThis(slice)
  try {
    await ctx.client.delete(endpointSlices, key, options)
  } catch (error) {
    if (!isApiError(error, 'NotFound', 'Conflict')) throw error
  }
}

function labelsOf(service: Service): Record<string, string> {
  const { [headlessLabel]: _headless, ...labels } = service.metadata.labels ?? {}
  return {
    ...labels,
    ...(isHeadless(service) ? { [headlessLabel]: '' } : {}),
    [serviceNameLabel]: service.metadata.name,
    [managedByLabel]: managedBy,
  }
}

/** The Service of a slice that this controller manages; others' slices are theirs. */
function serviceKeyOf(slice: EndpointSlice): ObjectKey[] {
  const { labels, namespace } = slice.metadata
  if (labels?.[managedByLabel] !== managedBy) {
    // Ours, but someone took the label away: the reconcile puts it back.
    const owner = controllerOf(slice)
    return owner?.kind === services.kind ? [{ namespace, name: owner.name }] : []
  }
  const name = labels[serviceNameLabel]
  return name ? [{ namespace, name }] : []
}
