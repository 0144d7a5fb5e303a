import { endpointSlices, nodes, pods, services, type EndpointSlice, type Service } from '@quarterdeck/api'
import { controllerOf, equalJson, isApiError, keyOf, type ObjectKey } from '@quarterdeck/api-machinery'
import {
  defineController,
  done,
  index,
  LruMap,
  onlyThis,
  watch,
  type Controller,
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
import type { ZoneHints } from './plan-zone-hints.ts'
import { shareFactsOf, wantsZoneShares, zoneOfNode, zoneSharesOf } from './zone-shares.ts'

const serviceNameLabel = 'kubernetes.io/service-name'
const managedByLabel = 'endpointslice.kubernetes.io/managed-by'
const managedBy = 'endpointslice-controller.k8s.io'
const headlessLabel = 'service.kubernetes.io/headless'
const byService = 'service'
const byZoneShares = 'zone-shares'

/** Keeps the EndpointSlices of every Service with a selector: what proxies and DNS route to. */
export const endpointSliceController: Controller = {
  name: 'endpointslice',
  run: (environment) => {
    const told: ToldZoneHints = new LruMap(mostTold)
    return defineController({
      name: 'endpointslice',
      component: 'endpoint-slice-controller',
      primary: services,
      watches: [
        watchSelectedPods,
        watch(endpointSlices, ({ object }) => serviceKeyOf(object)),
        watch(nodes, ({ type, object, old }, { cache }) => {
          if (type === 'updated' && old && shareFactsOf(object) === shareFactsOf(old)) return []
          return cache(services)
            .byIndex(byZoneShares, 'wanted')
            .map((service) => keyOf(service))
        }),
      ],
      writes: [endpointSlices],
      indexes: [
        ...indexesOfSelectedPods,
        index(services, byZoneShares, (service) => (wantsZoneShares(service) ? ['wanted'] : [])),
        index(endpointSlices, byService, (slice) => serviceKeyOf(slice).map(({ namespace, name }) => `${namespace}/${name}`)),
      ],
      batchMs: 50,
      reconcile: (key, ctx) => reconcile(key, ctx, told),
    }).run(environment)
  },
}

/** By the uid of a Service what was last said of its hints for zones: '' that it has them, else why not. */
type ToldZoneHints = LruMap<string, string>
const mostTold = 10_000

async function reconcile(key: ObjectKey, ctx: ReconcileContext, told: ToldZoneHints): Promise<ReconcileResult> {
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
    zoneOf: (nodeName) => zoneOfNode(ctx.cache(nodes).get(nodeName)),
    zoneShares: wantsZoneShares(service) ? zoneSharesOf(ctx.cache(nodes).list()) : undefined,
  })
  tellZoneHints(service, plan.zoneHints, { ctx, told })
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

/** Says what became of a Service's wish, when that has changed. */
function tellZoneHints(
  service: Service,
  hints: ZoneHints | undefined,
  { ctx, told }: { ctx: ReconcileContext; told: ToldZoneHints },
): void {
  const { uid } = service.metadata
  const before = told.get(uid)
  const now = hints && ('refusal' in hints ? hints.refusal : '')
  if (now === before) return
  const tell = (type: 'Normal' | 'Warning', state: 'Enabled' | 'Disabled', text: string): void =>
    ctx.recorder.event(service, type, `TopologyAwareHints${state}`, `${text}, addressType: ${addressTypeOf(service)}`)
  if (now === undefined) {
    told.delete(uid)
    tell('Normal', 'Disabled', 'Topology Aware Hints has been disabled')
    return
  }
  told.set(uid, now)
  if (now) tell('Warning', 'Disabled', now)
  else tell('Normal', 'Enabled', 'Topology Aware Hints has been enabled')
}

const addressTypeOf = ({ spec }: Service): 'IPv4' | 'IPv6' => (spec.ipFamilies?.[0] === 'IPv6' ? 'IPv6' : 'IPv4')

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
      addressType: addressTypeOf(service),
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
