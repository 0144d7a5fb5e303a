import { isDeepStrictEqual } from 'node:util'

import { endpoints, endpointSlices, services, type Endpoints, type EndpointSlice, type Service } from '@quarterdeck/api'
import { isApiError, keyOf, type ObjectKey } from '@quarterdeck/api-machinery'
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
import { triggerTimeAnnotation } from '../services/selected-pods.ts'
import { mostMirrored, planMirror } from './plan-mirror.ts'

const serviceNameLabel = 'kubernetes.io/service-name'
const managedByLabel = 'endpointslice.kubernetes.io/managed-by'
const managedBy = 'endpointslicemirroring-controller.k8s.io'
const skipLabel = 'endpointslice.kubernetes.io/skip-mirror'
/** On Endpoints that old clients elect leaders with. */
const leaderAnnotation = 'control-plane.alpha.kubernetes.io/leader'
const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration'
const byService = 'mirrored-service'

/** Keeps EndpointSlices for Endpoints that users keep themselves, for Services without a selector: what proxies and DNS read. */
export const mirroringController = defineController({
  name: 'endpointslicemirroring',
  component: 'endpoint-slice-mirroring-controller',
  primary: endpoints,
  watches: [watch(services, ({ object }) => [keyOf(object)]), watch(endpointSlices, ({ object }) => mirroredKeyOf(object))],
  indexes: [index(endpointSlices, byService, (slice) => mirroredKeyOf(slice).map(({ namespace, name }) => `${namespace}/${name}`))],
  writes: [endpointSlices],
  batchMs: 50,
  reconcile,
})

function mirroredKeyOf({ metadata }: EndpointSlice): ObjectKey[] {
  const name = metadata.labels?.[serviceNameLabel]
  return metadata.labels?.[managedByLabel] === managedBy && name ? [{ namespace: metadata.namespace, name }] : []
}

async function reconcile(key: ObjectKey, ctx: ReconcileContext): Promise<ReconcileResult> {
  if (!ctx.seesOwnWrites(key)) return done
  const slices = ctx.cache(endpointSlices).byIndex(byService, `${key.namespace}/${key.name}`)
  const mirrored = ctx.cache(endpoints).get(key)
  const service = ctx.cache(services).get(key)
  if (!mirrored || !isMirrored(mirrored, service)) {
    for (const slice of slices) await remove(slice, ctx)
    return done
  }
  const { byType, skipped } = planMirror(
    mirrored,
    slices.filter(({ metadata }) => !metadata.deletionTimestamp),
  )
  if (skipped > 0)
    ctx.recorder.event(
      mirrored,
      'Warning',
      'TooManyAddressesToMirror',
      `A max of ${mostMirrored} addresses can be mirrored to EndpointSlices per Endpoints subset. ${skipped} addresses were skipped`,
    )
  const { labels, annotations } = metaOf(mirrored)
  for (const [addressType, plan] of byType) {
    for (const content of plan.create)
      await ctx.client
        .create(endpointSlices, {
          metadata: {
            generateName: `${key.name}-`,
            namespace: key.namespace,
            labels,
            annotations,
            ownerReferences: [controllerReference(mirrored, endpoints)],
          },
          addressType,
          ...content,
        })
        .catch(unlessTerminating)
    for (const { slice, content } of plan.update)
      await ctx.client.update(endpointSlices, { ...slice, ...content, metadata: { ...slice.metadata, labels, annotations } })
    for (const slice of plan.keep) {
      const { labels: current, annotations: noted = {} } = slice.metadata
      if (isDeepStrictEqual(current, labels) && isDeepStrictEqual(noted, annotations)) continue
      await ctx.client.update(endpointSlices, { ...slice, metadata: { ...slice.metadata, labels, annotations } })
    }
    for (const slice of plan.delete) await remove(slice, ctx)
  }
  return done
}

function isMirrored({ metadata }: Endpoints, service: Service | undefined): boolean {
  if (!service || Object.keys(service.spec.selector ?? {}).length > 0 || metadata.deletionTimestamp) return false
  return metadata.labels?.[skipLabel] !== 'true' && metadata.annotations?.[leaderAnnotation] === undefined
}

function metaOf({ metadata }: Endpoints): { labels: Record<string, string>; annotations: Record<string, string> } {
  const { [triggerTimeAnnotation]: _time, [lastAppliedAnnotation]: _applied, ...annotations } = metadata.annotations ?? {}
  return { labels: { ...metadata.labels, [serviceNameLabel]: metadata.name, [managedByLabel]: managedBy }, annotations }
}

async function remove(slice: EndpointSlice, ctx: ReconcileContext): Promise<void> {
  const { key, options } = onlyThis(slice)
  try {
    await ctx.client.delete(endpointSlices, key, options)
  } catch (error) {
    if (!isApiError(error, 'NotFound', 'Conflict')) throw error
  }
}

function unlessTerminating(error: unknown): undefined {
  if (!isNamespaceTerminating(error)) throw error
  return undefined
}
