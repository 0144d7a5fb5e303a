import { ApiError, badRequest, isApiError } from '@quarterdeck/api-machinery'
import type { ListOptions } from '@quarterdeck/client'
import type { StoredObject, WatchCache } from '@quarterdeck/storage'

import { servedObject, type ApiCore } from '../api-core.ts'
import type { ApiRequest } from '../request.ts'
import { checkListOptions } from './check-list-options.ts'
import { parseSelection, type Selection } from './selection.ts'

export interface ListRequestOptions extends ListOptions {
  resourceVersionMatch?: string
  /** Of a watch only: a list that has it is refused. */
  sendInitialEvents?: boolean
}

export interface ListResult {
  items: readonly StoredObject[]
  revision: number
  /** Token of the next page; '' on the last. */
  continue: string
  /** Objects after this page; undefined when a selector makes it unknown. */
  remaining: number | undefined
}

/** Where the next page starts, and in which snapshot. */
interface ContinueToken {
  v: 1
  revision: number
  /** namespace and name of the last object given. */
  after: [string, string]
}

/** The objects of a collection that the request selects, in order of namespace and name. */
export async function list(core: ApiCore, request: ApiRequest, options: ListRequestOptions = {}): Promise<ListResult> {
  const { kind, namespace } = request
  const selection = parseSelection(kind, options.labelSelector, options.fieldSelector)
  checkListOptions(options)
  const limit = options.limit && options.limit > 0 ? options.limit : 0
  if (options.continue) return nextPage(core, request, options.continue, selection, limit)
  if (options.resourceVersionMatch === 'Exact') return exactList(core, request, { options, selection, limit })
  const cache = await cacheAt(core, request, options)
  const { revision } = cache
  if (selection.name !== undefined && namespace) {
    const found = cache.get(namespace, selection.name)
    return { items: found && matches(request, selection, found) ? [found] : [], revision, continue: '', remaining: undefined }
  }
  return page(core, request, cache.list(namespace || undefined), { selection, revision, limit, start: 0 })
}

async function cacheAt(core: ApiCore, request: ApiRequest, { resourceVersion = '' }: ListRequestOptions): Promise<WatchCache> {
  if (resourceVersion === '') return core.freshCacheOf(request.kind)
  const cache = await core.cacheOf(request.kind)
  if (resourceVersion !== '0') await cache.waitFor(Number(resourceVersion))
  return cache
}

interface ExactList {
  options: ListRequestOptions
  selection: Selection
  limit: number
}

async function exactList(core: ApiCore, request: ApiRequest, { options, selection, limit }: ExactList): Promise<ListResult> {
  const revision = Number(options.resourceVersion)
  const all = (await cacheAt(core, request, options)).listAt(revision, request.namespace || undefined)
  if (!all) throw new ApiError('Expired', `The resourceVersion for the provided list is too old: ${revision}`)
  return page(core, request, all, { selection, revision, limit, start: 0 })
}

function matches(request: ApiRequest, selection: Selection, stored: StoredObject): boolean {
  return selection.matches(servedObject(request.kind, stored))
}

interface PageOptions {
  selection: Selection
  revision: number
  limit: number
  /** Index of the first object to look at. */
  start: number
}

function page(
  core: ApiCore,
  request: ApiRequest,
  all: readonly StoredObject[],
  { selection, revision, limit, start }: PageOptions,
): ListResult {
  if (!limit && selection.isEverything && start === 0) return { items: all, revision, continue: '', remaining: undefined }
  const items: StoredObject[] = []
  let next = start
  for (; next < all.length && (!limit || items.length < limit); next++) {
    const stored = all[next]!
    if (matches(request, selection, stored)) items.push(stored)
  }
  // A page that ends on the last match is the last page, whatever follows it.
  while (!selection.isEverything && next < all.length && !matches(request, selection, all[next]!)) next++
  if (next >= all.length) return { items, revision, continue: '', remaining: undefined }
  core.listSnapshots.keep(snapshotKey(request, revision), all)
  const last = all[next - 1]!.key
  const token: ContinueToken = { v: 1, revision, after: [last.namespace, last.name] }
  return { items, revision, continue: encodeToken(token), remaining: selection.isEverything ? all.length - next : undefined }
}

async function nextPage(core: ApiCore, request: ApiRequest, text: string, selection: Selection, limit: number): Promise<ListResult> {
  const token = decodeToken(text)
  const isInconsistent = token.revision < 0
  const snapshot = isInconsistent ? undefined : await snapshotOf(core, request, token.revision)
  if (!isInconsistent && !snapshot) throw tooOld(token)
  const cache = snapshot ? undefined : await core.freshCacheOf(request.kind)
  const all = snapshot ?? cache!.list(request.namespace || undefined)
  return page(core, request, all, {
    selection,
    revision: snapshot ? token.revision : cache!.revision,
    limit,
    start: indexAfter(all, token.after),
  })
}

/** What the page before was of: kept here, or told anew by what changed since if another server gave that page. */
async function snapshotOf(core: ApiCore, request: ApiRequest, revision: number): Promise<readonly StoredObject[] | undefined> {
  const kept = core.listSnapshots.get(snapshotKey(request, revision))
  if (kept) return kept
  const cache = await core.cacheOf(request.kind)
  try {
    await cache.waitFor(revision)
  } catch (error) {
    // Nobody was given a page of a revision that has not been.
    if (isApiError(error, 'Timeout')) return undefined
    throw error
  }
  return cache.listAt(revision, request.namespace || undefined)
}

/** The message and the token with which a client may go on without consistency, as Kubernetes gives them. */
function tooOld(token: ContinueToken): ApiError {
  const error = new ApiError(
    'Expired',
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
  )
  return Object.assign(error, { continueToken: encodeToken({ ...token, revision: -1 }) })
}

function indexAfter(all: readonly StoredObject[], [namespace, name]: [string, string]): number {
  let low = 0
  let high = all.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const { key } = all[middle]!
    const isAfter = key.namespace === namespace ? key.name > name : key.namespace > namespace
    if (isAfter) high = middle
    else low = middle + 1
  }
  return low
}

function snapshotKey({ kind, namespace }: ApiRequest, revision: number): string {
  return `${kind.resource}/${namespace}/${revision}`
}

function encodeToken(token: ContinueToken): string {
  return Buffer.from(JSON.stringify(token)).toString('base64url')
}

function decodeToken(text: string): ContinueToken {
  try {
    const token = JSON.parse(Buffer.from(text, 'base64url').toString()) as ContinueToken
    const isValid =
      token.v === 1 &&
      Number.isSafeInteger(token.revision) &&
      Array.isArray(token.after) &&
      token.after.every((part) => typeof part === 'string')
    if (isValid) return token
  } catch {}
  throw badRequest('continue key is not valid: use the value of metadata.continue of the page before')
}
