import type { Verb } from '@quarterdeck/api'
import { badRequest, type KubeObject, type Status } from '@quarterdeck/api-machinery'

import { servedObject } from '../api-core.ts'
import { decodeRequestObject } from '../decode-request.ts'
import type { ApiRequest } from '../request.ts'
import { create } from '../verbs/create.ts'
import { deleteCollection } from '../verbs/delete-collection.ts'
import { remove } from '../verbs/delete.ts'
import { find } from '../verbs/get.ts'
import { list } from '../verbs/list.ts'
import { patch } from '../verbs/patch.ts'
import { update } from '../verbs/update.ts'
import { watch } from '../verbs/watch.ts'
import { decodeDeleteOptions } from './delete-options.ts'
import { writtenAnswer, type Answer, type Body, type Call, type Endpoint } from './endpoint.ts'

/** What every kind answers to the verbs that it declares. */
export const mainEndpoints: Readonly<Record<Verb, Endpoint>> = {
  async get({ server, request, options }) {
    return { type: 'object', stored: await find(server.core, request, options.resourceVersion) }
  },
  async list({ server, request, options }) {
    return { type: 'list', list: await list(server.core, request, options) }
  },
  watch({ server, request, options: { timeoutSeconds, ...options } }) {
    // A watch of one object is a watch of its name.
    const byName = request.name ? { fieldSelector: `metadata.name=${request.name}` } : {}
    return Promise.resolve({
      type: 'watch',
      open: (sink) => watch(server.core, request, { ...options, ...byName }, sink),
      timeoutSeconds,
    })
  },
  async create(call) {
    const { value, duplicateKeys } = await bodyOf(call)
    const object = decodeRequestObject(value, call.request, { duplicateKeys })
    return writtenAnswer(await create(call.server.core, call.request, object), true)
  },
  async update(call) {
    return writtenAnswer(await update(call.server.core, call.request, await readUpdate(call)))
  },
  async patch(call) {
    const { value, patchType } = await bodyOf(call)
    return writtenAnswer(await patch(call.server.core, call.request, value, patchType))
  },
  async delete(call) {
    const { request, options } = await withDeleteOptions(call)
    const result = await remove(call.server.core, request, options)
    const { propagationWarning } = request.kind
    if (propagationWarning && !options.propagationPolicy) request.warnings.push(propagationWarning)
    if ('gone' in result) return { type: 'value', value: deletedStatus(request, result.gone) }
    return 'revision' in result.pending ? { type: 'object', stored: result.pending } : { type: 'unstored', object: result.pending }
  },
  async deletecollection(call) {
    const { request, options } = await withDeleteOptions(call)
    return { type: 'list', list: await deleteCollection(call.server.core, request, options) }
  },
}

/** The body of a call that must have one. */
export async function bodyOf(call: Call): Promise<Body> {
  const body = await call.body()
  if (!body) throw badRequest('the request body is empty: an object is expected')
  return body
}

/** The object of an update, decoded. What it has in common with the one in the cache needs no second look. */
export async function readUpdate(call: Call): Promise<KubeObject> {
  const { server, request } = call
  const { value, duplicateKeys } = await bodyOf(call)
  const stored = (await server.core.cacheOf(request.kind)).get(request.namespace, request.name)
  return decodeRequestObject(value, request, { duplicateKeys, known: stored && servedObject(request.kind, stored) })
}

/** The call's request and options with what a DeleteOptions body says; where both say something the body counts. */
async function withDeleteOptions(call: Call): Promise<Pick<Call, 'request' | 'options'>> {
  const body = await call.body()
  const { dryRun, ...given } = decodeDeleteOptions(body?.value, call.options)
  return { request: { ...call.request, dryRun: call.request.dryRun || dryRun }, options: { ...call.options, ...given } }
}

function deletedStatus({ kind }: ApiRequest, gone: KubeObject): Omit<Status, 'code'> {
  const { name, uid } = gone.metadata
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name, ...(kind.group ? { group: kind.group } : {}), kind: kind.plural, uid },
  }
}

/** The answer to what was posted and leaves nothing to show. */
export const createdStatus: Answer = {
  type: 'value',
  value: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 } satisfies Status,
  isNew: true,
}
