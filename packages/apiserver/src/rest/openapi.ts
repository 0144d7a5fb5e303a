import { createHash } from 'node:crypto'

import { bareModelName, documentedSchemas, type Kind, type Verb } from '@quarterdeck/api'
import type { Schema } from '@quarterdeck/api-machinery'

import type { ApiServer } from '../api-server.ts'
import { encodeOpenApiV2 } from './protobuf/encode-openapi.ts'

type Json = Record<string, unknown>

/** Builds the OpenAPI documents of the kinds served. Each is built at first request and kept as text. */
export interface OpenApi {
  /** `/openapi/v2`, as JSON. */
  v2(): string
  /** The same as protobuf (gnostic's openapi.v2.Document). */
  v2Protobuf(): Uint8Array
  /** `/openapi/v3`: where the document of each group version is. */
  v3Index(): string
  /** `/openapi/v3/api/v1`, `/openapi/v3/apis/apps/v1`; undefined for a path that has none. */
  v3(path: string): string | undefined
}

export function createOpenApi({ core: { registry } }: Pick<ApiServer, 'core'>): OpenApi {
  const paths = new Map(
    [...new Set(registry.servedKinds.map((k) => k.apiVersion))].map((apiVersion) => [
      apiVersion.includes('/') ? `apis/${apiVersion}` : `api/${apiVersion}`,
      apiVersion,
    ]),
  )
  const built = new Map<string, string>()
  const once = (key: string, build: () => Json): string => {
    let text = built.get(key)
    if (text === undefined) built.set(key, (text = JSON.stringify(build())))
    return text
  }
  const v3 = (path: string): string | undefined => {
    const apiVersion = paths.get(path)
    return apiVersion === undefined
      ? undefined
      : once(path, () => v3Document(registry.servedKinds.filter((k) => k.apiVersion === apiVersion)))
  }
  let protobuf: Uint8Array | undefined
  return {
    v2Protobuf: () => (protobuf ??= encodeOpenApiV2(v2Document(registry.servedKinds))),
    v2: () => once('v2', () => v2Document(registry.servedKinds)),
    v3,
    v3Index: () =>
      once('v3', () => ({
        paths: Object.fromEntries(
          [...paths.keys()].map((path) => [
            path,
            { serverRelativeURL: `/openapi/v3/${path}?hash=${createHash('sha256').update(v3(path)!).digest('hex').toUpperCase()}` },
          ]),
        ),
      })),
  }
}

interface Definitions {
  nameOf(model: string): string
  /** Every model the kinds reach, under its OpenAPI name. */
  collect(kinds: readonly Kind[], refPrefix: string): Record<string, Json>
}

/** Types that have a name of their own in Kubernetes' documents (and in `kubectl explain`), by the format that stands for them here. */
const sharedTypes: Readonly<Record<string, { name: string; v2: Json; v3: Json }>> = {
  'int-or-string': {
    name: 'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
    v2: { description: 'A number, or a text.', type: 'string', format: 'int-or-string' },
    v3: { description: 'A number, or a text.', format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
  },
  quantity: {
    name: 'io.k8s.apimachinery.pkg.api.resource.Quantity',
    v2: { description: 'An amount with an optional suffix, such as 500m or 1Gi.', type: 'string' },
    v3: { description: 'An amount with an optional suffix, such as 500m or 1Gi.', oneOf: [{ type: 'string' }, { type: 'number' }] },
  },
}

function definitions(): Definitions {
  const { packages, schemas } = documentedSchemas()
  const nameOf = (model: string): string => `${packages[model]}.${bareModelName(model)}`

  function rewrite(schema: Schema, refPrefix: string): Json {
    const { $ref, items, additionalProperties, properties, format, ...rest } = schema
    const result: Json = { ...rest }
    if ($ref) {
      const reference = { $ref: `${refPrefix}${nameOf($ref)}` }
      // v3 keeps what stands beside a reference only inside allOf; v2 readers ignore it.
      return refPrefix.startsWith('#/components') ? { ...result, allOf: [reference], default: {} } : { ...result, ...reference }
    }
    const shared = sharedTypes[format ?? '']
    if (shared) {
      const { type: _, ...described } = result
      const reference = { $ref: `${refPrefix}${shared.name}` }
      return refPrefix.startsWith('#/components') ? { ...described, allOf: [reference] } : { ...described, ...reference }
    }
    if (format) result['format'] = format === 'date-time-micro' ? 'date-time' : format
    if (items) result['items'] = rewrite(items, refPrefix)
    if (additionalProperties) result['additionalProperties'] = rewrite(additionalProperties, refPrefix)
    if (properties)
      result['properties'] = Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, rewrite(value, refPrefix)]))
    return result
  }

  return {
    nameOf,
    collect(kinds, refPrefix) {
      const result: Record<string, Json> = {}
      const queue = ['V1DeleteOptions', 'V1Status', ...kinds.map((k) => k.model)]
      const seen = new Set<string>()
      while (queue.length > 0) {
        const model = queue.pop()!
        const schema = schemas[model]
        if (seen.has(model) || !schema) continue
        seen.add(model)
        for (const match of JSON.stringify(schema).matchAll(/"\$ref":"(\w+)"/g)) queue.push(match[1]!)
        result[nameOf(model)] = rewrite(schema, refPrefix)
      }
      for (const { name, v2, v3 } of Object.values(sharedTypes)) result[name] = refPrefix.startsWith('#/components') ? v3 : v2
      for (const kind of kinds) result[nameOf(kind.model)]!['x-kubernetes-group-version-kind'] = [gvk(kind)]
      return result
    },
  }
}

function gvk({ group, version, kind }: Kind): Json {
  return { group, version, kind }
}

const info = { title: 'Quarterdeck', version: 'v1.36.0' }

function v3Document(kinds: readonly Kind[]): Json {
  const prefix = '#/components/schemas/'
  const defined = definitions()
  const content = (kind: Kind): Json => ({ content: { 'application/json': { schema: { $ref: prefix + defined.nameOf(kind.model) } } } })
  return {
    openapi: '3.0.0',
    info,
    paths: pathsOf(kinds, {
      body: (kind) => ({ requestBody: content(kind) }),
      response: (kind) => ({ description: 'OK', ...content(kind) }),
      queryParameter: (name, type) => ({ name, in: 'query', schema: { type, uniqueItems: true } }),
      pathParameter: (name) => ({ name, in: 'path', required: true, schema: { type: 'string', uniqueItems: true } }),
    }),
    components: { schemas: defined.collect(kinds, prefix) },
  }
}

function v2Document(kinds: readonly Kind[]): Json {
  const prefix = '#/definitions/'
  const defined = definitions()
  const schema = (kind: Kind): Json => ({ schema: { $ref: prefix + defined.nameOf(kind.model) } })
  return {
    swagger: '2.0',
    info,
    paths: pathsOf(kinds, {
      body: (kind) => ({ parameters: [{ name: 'body', in: 'body', required: true, ...schema(kind) }] }),
      response: (kind) => ({ description: 'OK', ...schema(kind) }),
      queryParameter: (name, type) => ({ name, in: 'query', type, uniqueItems: true }),
      pathParameter: (name) => ({ name, in: 'path', required: true, type: 'string', uniqueItems: true }),
    }),
    definitions: defined.collect(kinds, prefix),
  }
}

/** How the two versions of OpenAPI write the same things. */
interface Dialect {
  body(kind: Kind): Json
  response(kind: Kind): Json
  queryParameter(name: string, type: string): Json
  pathParameter(name: string): Json
}

const writeParameters: [string, string][] = [
  ['dryRun', 'string'],
  ['fieldManager', 'string'],
  ['fieldValidation', 'string'],
]

function pathsOf(kinds: readonly Kind[], dialect: Dialect): Json {
  const paths: Json = {}
  for (const kind of kinds) {
    const root = kind.group ? `/apis/${kind.apiVersion}` : `/api/${kind.version}`
    const isNamespaced = kind.scope === 'Namespaced'
    const collection = `${root}${isNamespaced ? '/namespaces/{namespace}' : ''}/${kind.plural}`
    const namespaceParameter = isNamespaced ? [dialect.pathParameter('namespace')] : []
    const operation = (action: string, options: { writes?: boolean } = {}): Json => {
      const body = options.writes ? dialect.body(kind) : {}
      const parameters = [
        ...((body['parameters'] as Json[] | undefined) ?? []),
        ...(options.writes ? writeParameters.map(([n, t]) => dialect.queryParameter(n, t)) : []),
      ]
      return {
        description: `${action} ${kind.kind}`,
        operationId: `${action}${kind.group.split('.')[0] ?? ''}${kind.version}${isNamespaced ? 'Namespaced' : ''}${kind.kind}`,
        ...body,
        ...(parameters.length > 0 ? { parameters } : {}),
        responses: { '200': dialect.response(kind) },
        'x-kubernetes-action': action,
        'x-kubernetes-group-version-kind': gvk(kind),
      }
    }
    const answered = (methods: Record<string, [verb: Verb, operation: Json]>): Json =>
      Object.fromEntries(Object.entries(methods).flatMap(([method, [verb, made]]) => (kind.verbs.includes(verb) ? [[method, made]] : [])))
    paths[collection] = {
      ...answered({ get: ['list', operation('list')], post: ['create', operation('post', { writes: true })] }),
      parameters: namespaceParameter,
    }
    const one = answered({
      get: ['get', operation('get')],
      put: ['update', operation('put', { writes: true })],
      patch: ['patch', operation('patch', { writes: true })],
      delete: ['delete', operation('delete')],
    })
    if (Object.keys(one).length > 0)
      paths[`${collection}/{name}`] = { ...one, parameters: [dialect.pathParameter('name'), ...namespaceParameter] }
  }
  return paths
}
