import {
  deviceClasses,
  nodes,
  pods,
  resourceClaimNamesOf,
  resourceClaims,
  resourceClaimTemplates,
  resourceSlices,
  type Kind,
  type Pod,
  type ResourceClaim,
  type ResourceClaimTemplate,
  type ResourceSlice,
  type V1ResourceClaimSpec,
} from '@quarterdeck/api'
import type { KubeObject } from '@quarterdeck/api-machinery'

import { groupOf, itemOf, missingItem, type ObjectOfKind, type RelatedGroup, type RelatedItem, type RelationReader } from './relation.ts'
import { templateOf } from './pod-template-of.ts'

/** What pods, claims to devices, their templates and classes, and the devices themselves have to do with each other. */
export async function devices(subject: ObjectOfKind, reader: RelationReader): Promise<RelatedGroup[]> {
  switch (subject.kind.resource) {
    case pods.resource:
      return ofPod(subject.object as Pod, reader)
    case resourceClaims.resource:
      return ofClaim(subject.object as ResourceClaim, reader)
    case resourceClaimTemplates.resource:
      return ofTemplate(subject.object as ResourceClaimTemplate, reader)
    case deviceClasses.resource:
      return ofClass(subject.object.metadata.name, reader)
    case resourceSlices.resource:
      return ofSlice(subject.object as ResourceSlice, reader)
    default:
      return ofWorkload(subject.object, reader)
  }
}

async function ofPod(pod: Pod, reader: RelationReader): Promise<RelatedGroup[]> {
  return [
    await named({ title: 'Device claims', onDelete: 'unaffected' }, resourceClaims, {
      namespace: pod.metadata.namespace,
      names: resourceClaimNamesOf(pod),
      reader,
    }),
  ]
}

/** The claims and templates that the pods of a workload will have. */
async function ofWorkload(object: KubeObject, reader: RelationReader): Promise<RelatedGroup[]> {
  const claims = templateOf(object)?.spec?.resourceClaims ?? []
  if (claims.length === 0) return []
  const { namespace = '' } = object.metadata
  const title = { title: 'Device claims', onDelete: 'unaffected' } as const
  const [shared, templates] = await Promise.all([
    named(title, resourceClaims, { namespace, names: claims.flatMap((claim) => claim.resourceClaimName ?? []), reader }),
    named(title, resourceClaimTemplates, { namespace, names: claims.flatMap((claim) => claim.resourceClaimTemplateName ?? []), reader }),
  ])
  return [{ ...title, items: [...shared.items, ...templates.items], total: shared.total + templates.total }]
}

async function ofClaim(claim: ResourceClaim, reader: RelationReader): Promise<RelatedGroup[]> {
  const { namespace, name } = claim.metadata
  const all = (await reader.list(pods, namespace)) as readonly Pod[]
  const users = new Set(claim.status.reservedFor?.map(({ uid }) => uid))
  const reserved = all.filter((pod) => users.has(pod.metadata.uid))
  const waiting = all.filter((pod) => !users.has(pod.metadata.uid) && resourceClaimNamesOf(pod).includes(name))
  const results = claim.status.allocation?.devices?.results ?? []
  const slices = results.length > 0 ? ((await reader.list(resourceSlices)) as readonly ResourceSlice[]) : []
  const offering = slices.filter(({ spec }) => results.some((result) => isOf(spec, result)))
  return [
    groupOf('Reserved for', 'breaks', ofKind(pods, reserved)),
    groupOf('Pods that name it', 'breaks', ofKind(pods, waiting)),
    groupOf('Devices from', 'unaffected', ofKind(resourceSlices, offering)),
    await classesOf(claim.spec, reader),
  ]
}

async function ofTemplate({ metadata, spec }: ResourceClaimTemplate, reader: RelationReader): Promise<RelatedGroup[]> {
  const all = (await reader.list(pods, metadata.namespace)) as readonly Pod[]
  const users = all.filter((pod) => pod.spec.resourceClaims?.some((claim) => claim.resourceClaimTemplateName === metadata.name))
  return [groupOf('Pods that name it', 'breaks', ofKind(pods, users)), await classesOf(spec.spec, reader)]
}

async function ofClass(name: string, reader: RelationReader): Promise<RelatedGroup[]> {
  const [claims, templates] = await Promise.all([
    reader.list(resourceClaims) as Promise<readonly ResourceClaim[]>,
    reader.list(resourceClaimTemplates) as Promise<readonly ResourceClaimTemplate[]>,
  ])
  const asks = (spec: V1ResourceClaimSpec): boolean => classNamesOf(spec).includes(name)
  return [
    groupOf(
      'Claims that ask for it',
      'breaks',
      ofKind(
        resourceClaims,
        claims.filter(({ spec }) => asks(spec)),
      ),
    ),
    groupOf(
      'Templates that ask for it',
      'breaks',
      ofKind(
        resourceClaimTemplates,
        templates.filter(({ spec }) => asks(spec.spec)),
      ),
    ),
  ]
}

async function ofSlice({ spec }: ResourceSlice, reader: RelationReader): Promise<RelatedGroup[]> {
  const claims = (await reader.list(resourceClaims)) as readonly ResourceClaim[]
  const using = claims.filter(({ status }) => status.allocation?.devices?.results?.some((result) => isOf(spec, result)))
  return [
    await named({ title: 'On node', onDelete: 'unaffected' }, nodes, {
      namespace: '',
      names: spec.nodeName ? [spec.nodeName] : [],
      reader,
    }),
    groupOf('Claims that have devices of it', 'breaks', ofKind(resourceClaims, using)),
  ]
}

interface AllocatedDevice {
  driver: string
  pool: string
  device: string
}

function isOf({ driver, pool, devices: offered }: ResourceSlice['spec'], { driver: d, pool: p, device }: AllocatedDevice): boolean {
  return driver === d && pool.name === p && (offered?.some(({ name }) => name === device) ?? false)
}

/** Every class that a claim asks for or would be content with. */
function classNamesOf({ devices: asked }: V1ResourceClaimSpec): string[] {
  const requests = asked?.requests ?? []
  const names = requests.flatMap(({ exactly, firstAvailable = [] }) =>
    [exactly, ...firstAvailable].map((one) => one?.deviceClassName ?? ''),
  )
  return [...new Set(names)].filter(Boolean)
}

function classesOf(spec: V1ResourceClaimSpec, reader: RelationReader): Promise<RelatedGroup> {
  return named({ title: 'Of the class', onDelete: 'unaffected' }, deviceClasses, { namespace: '', names: classNamesOf(spec), reader })
}

interface Names {
  namespace: string | undefined
  names: readonly string[]
  reader: RelationReader
}

/** Objects that another names; those that are not there too, as missing. */
async function named(
  group: Pick<RelatedGroup, 'title' | 'onDelete'>,
  kind: Kind,
  { namespace = '', names, reader }: Names,
): Promise<RelatedGroup> {
  const items: RelatedItem[] = []
  for (const name of names) {
    const object = await reader.get(kind, namespace, name)
    items.push(object ? itemOf({ kind, object }) : missingItem(kind, namespace, name))
  }
  return { ...group, items, total: items.length }
}

function ofKind(kind: Kind, objects: readonly KubeObject[]): ObjectOfKind[] {
  return objects.map((object) => ({ kind, object }))
}
