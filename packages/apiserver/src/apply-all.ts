import { modelSchemas, type Kind } from '@quarterdeck/api'
import { badRequest, internalError, isApiError, isRecord, threeWayMerge, type ApiError, type KubeObject } from '@quarterdeck/api-machinery'
import type { StoredObject, Write } from '@quarterdeck/storage'

import type { AdmissionReader } from './admission/admission.ts'
import { servedObject, type ApiCore } from './api-core.ts'
import type { User } from './auth/user.ts'
import { decodeRequestObject } from './decode-request.ts'
import { schemaOf } from './kind-registry.ts'
import type { ApiRequest } from './request.ts'
import { planCreate } from './writes/plan-create.ts'
import { planUpdate } from './writes/plan-update.ts'
import type { WritePlan } from './writes/write-plan.ts'

/** As kubectl keeps it: what was applied last, so that what a later apply leaves out can be removed. */
export const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration'

export type ApplyAction = 'created' | 'configured' | 'unchanged'

export interface AppliedObject {
  index: number
  action: ApplyAction
  before: KubeObject | undefined
  after: KubeObject
}

/** Nothing was stored, because these documents could not be. */
export class ApplyError extends Error {
  readonly failures: { index: number; error: ApiError }[]

  constructor(failures: { index: number; error: ApiError }[]) {
    super(failures.map(({ index, error }) => `document ${index + 1}: ${error.message}`).join('\n'))
    this.name = 'ApplyError'
    this.failures = failures
  }
}

export interface ApplyAllOptions {
  dryRun: boolean
  /** What the changes are signed with. */
  client: string
}

const maxAttempts = 5

/**
 * Applies several objects in one transaction: all are stored or none. Later documents see earlier ones, so a Namespace
 * and what is in it can come together. Throws ApplyError that names every document at fault.
 */
export async function applyAll(
  core: ApiCore,
  user: User,
  documents: readonly { object: unknown }[],
  options: ApplyAllOptions,
): Promise<AppliedObject[]> {
  for (let attempts = 1; ; attempts++) {
    const { applied, writes } = await planAll(core, user, documents, options)
    if (options.dryRun || writes.length === 0) return applied
    try {
      const stored = await core.store.commitAll(writes.flatMap((w) => w.writes))
      return applied.map((a) => withStored(a, writes, stored))
    } catch (error) {
      // Another writer came between: plan again from what is there now.
      if (!isApiError(error, 'Conflict', 'AlreadyExists', 'NotFound') || attempts === maxAttempts) throw error
      await Promise.all(writes.map((w) => core.freshCacheOf(w.kind)))
    }
  }
}

interface PlannedDocument {
  index: number
  kind: Kind
  writes: readonly Write[]
}

async function planAll(
  core: ApiCore,
  user: User,
  documents: readonly { object: unknown }[],
  options: ApplyAllOptions,
): Promise<{ applied: AppliedObject[]; writes: PlannedDocument[] }> {
  const pending = new Map<string, StoredObject>()
  const reader: AdmissionReader = {
    read: async (resource, namespace, name) => pending.get(`${resource}/${namespace}/${name}`) ?? core.read(resource, namespace, name),
    list: async (resource, namespace) => {
      const isWanted = ({ key }: StoredObject): boolean =>
        key.resource === resource && (namespace === undefined || key.namespace === namespace)
      const planned = [...pending.values()].filter(isWanted)
      const isPlanned = ({ key }: StoredObject): boolean => pending.has(`${resource}/${key.namespace}/${key.name}`)
      return [...(await core.list(resource, namespace)).filter((stored) => !isPlanned(stored)), ...planned]
    },
  }
  const applied: AppliedObject[] = []
  const writes: PlannedDocument[] = []
  const failures: { index: number; error: ApiError }[] = []
  const seen = new Map<string, number>()
  for (const [index, { object }] of documents.entries()) {
    try {
      const request = requestOf(core, user, object, options)
      const identity = `${request.kind.resource}/${request.namespace}/${request.name}`
      const earlier = seen.get(identity)
      if (earlier !== undefined)
        throw badRequest(
          `${request.kind.kind} ${JSON.stringify(request.name)} is already in document ${earlier + 1}: name each object once`,
        )
      seen.set(identity, index)
      const { plan, before } = await planApply(core, request, object, reader)
      applied.push({ index, action: before ? (plan.unchanged ? 'unchanged' : 'configured') : 'created', before, after: plan.object })
      if (plan.writes.length > 0) writes.push({ index, kind: request.kind, writes: plan.writes })
      for (const write of plan.writes) {
        replaceEarlier(writes.slice(0, -1), write)
        if (write.type !== 'delete') pending.set(`${write.key.resource}/${write.key.namespace}/${write.key.name}`, pendingObject(write))
      }
    } catch (error) {
      failures.push({ index, error: isApiError(error) ? error : internalError((error as Error).message) })
    }
  }
  if (failures.length > 0) throw new ApplyError(failures)
  return { applied, writes }
}

/** Several documents may change what goes with each of them, as a quota: the last change holds all. */
function replaceEarlier(documents: readonly PlannedDocument[], { key }: Write): void {
  const isSame = (other: Write): boolean =>
    other.key.resource === key.resource && other.key.namespace === key.namespace && other.key.name === key.name
  for (const document of documents) document.writes = document.writes.filter((write, i) => i === 0 || !isSame(write))
}

function pendingObject(write: Write): StoredObject {
  // A later write of the same object replaces this one, and begins where this one began.
  const revision = write.type === 'update' ? (write.expectedRevision ?? 0) : 0
  return { key: write.key, uid: write.object.metadata.uid, revision, object: write.object, json: '' }
}

function requestOf(core: ApiCore, user: User, object: unknown, { dryRun, client }: ApplyAllOptions): ApiRequest {
  if (!isRecord(object)) throw badRequest('a document must hold an object with apiVersion, kind and metadata')
  const { apiVersion, kind: kindName, metadata } = object
  refuseNonStrings({ apiVersion, kind: kindName })
  if (typeof apiVersion !== 'string' || !apiVersion)
    throw badRequest('apiVersion is missing: every object names its group and version, such as "v1" or "apps/v1"')
  if (typeof kindName !== 'string' || !kindName) throw badRequest('kind is missing: every object names its kind, such as "Deployment"')
  const kind = core.registry.byKind(apiVersion, kindName)
  if (!kind) throw badRequest(unknownKind(core, apiVersion, kindName))
  if (!kind.verbs.includes('patch')) throw badRequest(`a ${kindName} is not stored and cannot be applied`)
  if (metadata !== undefined && metadata !== null && !isRecord(metadata)) throw badRequest('metadata is not an object with a name')
  const meta = isRecord(metadata) ? metadata : {}
  refuseNonStrings({ 'metadata.name': meta['name'], 'metadata.namespace': meta['namespace'] })
  const name = typeof meta['name'] === 'string' ? meta['name'] : ''
  if (!name) throw badRequest('metadata.name is missing: an object that is applied needs a name of its own')
  const namespace =
    kind.scope === 'Cluster' ? '' : typeof meta['namespace'] === 'string' && meta['namespace'] ? meta['namespace'] : 'default'
  return { user, client, kind, namespace, name, subresource: '', dryRun, fieldValidation: 'Strict', warnings: [] }
}

/** What names an object has to be text: `name: 123` is a number, and not missing. */
function refuseNonStrings(fields: Readonly<Record<string, unknown>>): void {
  for (const [field, value] of Object.entries(fields))
    if (value !== undefined && value !== null && typeof value !== 'string')
      throw badRequest(`${field} is not a string: ${JSON.stringify(value)}${isRecord(value) ? '' : ' needs quotes'}`)
}

function unknownKind({ registry }: ApiCore, apiVersion: string, kindName: string): string {
  const elsewhere = registry.kinds.filter((k) => k.kind === kindName).map((k) => k.apiVersion)
  const hint = elsewhere.length > 0 ? `: ${kindName} is served as ${elsewhere.join(', ')}` : ''
  return `no matches for kind ${JSON.stringify(kindName)} in version ${JSON.stringify(apiVersion)}${hint}`
}

async function planApply(
  core: ApiCore,
  request: ApiRequest,
  object: unknown,
  reader: AdmissionReader,
): Promise<{ plan: WritePlan; before: KubeObject | undefined }> {
  const { kind } = request
  const manifest = annotated(object as Record<string, unknown>)
  const stored =
    (await core.cacheOf(kind)).get(request.namespace, request.name) ?? (await core.freshCacheOf(kind)).get(request.namespace, request.name)
  if (!stored) {
    await core.authorize(request, 'create')
    const decoded = decodeRequestObject(manifest, request)
    return { plan: await planCreate(core, request, { object: decoded, reader }), before: undefined }
  }
  await core.authorize(request, 'patch')
  const before = servedObject(kind, stored)
  decodeRequestObject(manifest, request)
  const merged = decodeRequestObject(applied(kind, before, manifest), { ...request, fieldValidation: 'Ignore' }, { known: before })
  merged.metadata.resourceVersion = before.metadata.resourceVersion
  return { plan: await planUpdate(core, request, { object: merged, stored, reader }), before }
}

/** The manifest with itself, as JSON, in the annotation that kubectl apply uses: both can be used on one object. */
function annotated(manifest: Record<string, unknown>): Record<string, unknown> {
  const metadata = { ...(isRecord(manifest['metadata']) ? manifest['metadata'] : {}) }
  const { [lastAppliedAnnotation]: _, ...annotations } = isRecord(metadata['annotations']) ? metadata['annotations'] : {}
  const plain = { ...manifest, metadata: { ...metadata, annotations } }
  return { ...plain, metadata: { ...metadata, annotations: { ...annotations, [lastAppliedAnnotation]: `${JSON.stringify(plain)}\n` } } }
}

/** What apply leaves: the live object, less what the last apply set and this one does not, overlaid with the manifest. */
function applied(kind: Kind, live: KubeObject, manifest: Record<string, unknown>): unknown {
  const fields = live as unknown as Record<string, unknown>
  return threeWayMerge({ live: fields, previous: lastApplied(live), next: manifest }, schemaOf(kind), modelSchemas)
}

function lastApplied(live: KubeObject): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(live.metadata.annotations?.[lastAppliedAnnotation] ?? '')
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

function withStored(applied: AppliedObject, writes: readonly PlannedDocument[], stored: readonly StoredObject[]): AppliedObject {
  let offset = 0
  for (const planned of writes) {
    if (planned.index === applied.index) return { ...applied, after: servedObject(planned.kind, stored[offset]!) }
    offset += planned.writes.length
  }
  return applied
}
