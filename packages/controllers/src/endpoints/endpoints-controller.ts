import { endpoints, pods, services, type Endpoints, type Service } from '@quarterdeck/api'
import { equalJson, isApiError, keyOf, type ObjectKey } from '@quarterdeck/api-machinery'
import { defineController, done, onlyThis, watch, type ReconcileContext, type ReconcileResult } from '@quarterdeck/controller-runtime'

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
import { planEndpoints } from './plan-endpoints.ts'

const headlessLabel = 'service.kubernetes.io/headless'
const managedByLabel = 'endpoints.kubernetes.io/managed-by'
const managedBy = 'endpoint-controller'
const overCapacityAnnotation = 'endpoints.kubernetes.io/over-capacity'

/** Keeps the Endpoints of every Service with a selector: the addresses of its Pods, ready ones apart from the others. */
export const endpointsController = defineController({
  name: 'endpoint',
  primary: services,
  watches: [
    watchSelectedPods,
    // Endpoints that users make may come before their Service: only ours can be left over when they are seen first.
    watch(endpoints, ({ type, object }) => (type === 'deleted' || (type === 'added' && isManaged(object)) ? [keyOf(object)] : [])),
  ],
  writes: [endpoints],
  indexes: indexesOfSelectedPods,
  batchMs: 50,
  reconcile,
})

async function reconcile(key: ObjectKey, ctx: ReconcileContext): Promise<ReconcileResult> {
  if (!ctx.seesOwnWrites(key)) return done
  const service = ctx.cache(services).get(key)
  const current = ctx.cache(endpoints).get(key)
  if (!service) return removeLeftOver(current, ctx)
  if (!hasManagedEndpoints(service) || service.metadata.deletionTimestamp) return done

  const selected = selectedPods(service, ctx.cache(pods))
  const { subsets, isTruncated } = planEndpoints(service, selected)
  const labels = labelsOf(service)
  const isSame =
    current &&
    equalJson(current.subsets ?? [], subsets) &&
    equalJson(current.metadata.labels ?? {}, labels) &&
    (current.metadata.annotations?.[overCapacityAnnotation] === 'truncated') === isTruncated
  if (isSame) return done

  const trigger = triggerTimeOf(
    service,
    reachablePods(selected, { terminating: true }),
    current?.metadata.annotations?.[triggerTimeAnnotation],
  )
  const annotations = annotationsOf(current, { isTruncated, trigger })
  await write(service, { current, subsets, labels, annotations }, ctx)
  return done
}

const isManaged = ({ metadata }: Endpoints): boolean => metadata.labels?.[managedByLabel] === managedBy

/** Endpoints go with their Service, whoever made them. */
async function removeLeftOver(current: Endpoints | undefined, ctx: ReconcileContext): Promise<ReconcileResult> {
  if (!current) return done
  const { key, options } = onlyThis(current)
  try {
    await ctx.client.delete(endpoints, key, options)
  } catch (error) {
    if (!isApiError(error, 'NotFound', 'Conflict')) throw error
  }
  return done
}

function labelsOf(service: Service): Record<string, string> {
  const { [headlessLabel]: _headless, ...labels } = service.metadata.labels ?? {}
  return { ...labels, ...(isHeadless(service) ? { [headlessLabel]: '' } : {}), [managedByLabel]: managedBy }
}

function annotationsOf(
  current: Endpoints | undefined,
  { isTruncated, trigger }: { isTruncated: boolean; trigger: string | undefined },
): Record<string, string> {
  const { [triggerTimeAnnotation]: _time, [overCapacityAnnotation]: _over, ...others } = current?.metadata.annotations ?? {}
  return {
    ...others,
    ...(trigger ? { [triggerTimeAnnotation]: trigger } : {}),
    ...(isTruncated ? { [overCapacityAnnotation]: 'truncated' } : {}),
  }
}

interface Wanted {
  current: Endpoints | undefined
  subsets: Endpoints['subsets']
  labels: Record<string, string>
  annotations: Record<string, string>
}

async function write(service: Service, { current, subsets, labels, annotations }: Wanted, ctx: ReconcileContext): Promise<void> {
  if (current) {
    await ctx.client.update(endpoints, { ...current, metadata: { ...current.metadata, labels, annotations }, subsets })
    return
  }
  try {
    const { name, namespace } = service.metadata
    await ctx.client.create(endpoints, { metadata: { name, namespace, labels, annotations }, subsets })
  } catch (error) {
    if (isNamespaceTerminating(error)) return
    const message = error instanceof Error ? error.message : String(error)
    ctx.recorder.event(
      service,
      'Warning',
      'FailedToCreateEndpoint',
      `Failed to create endpoint for service ${service.metadata.namespace}/${service.metadata.name}: ${message}`,
    )
    throw error
  }
}
