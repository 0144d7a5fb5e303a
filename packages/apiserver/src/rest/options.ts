import type { Verb } from '@quarterdeck/api'
import {
  badRequest,
  forbiddenField,
  invalid,
  invalidField,
  notSupportedField,
  tooLongField,
  type FieldError,
} from '@quarterdeck/api-machinery'

import { checkedDeleteOptions, dryRunErrors } from '../endpoints/delete-options.ts'
import type { CallOptions } from '../endpoints/endpoint.ts'
import type { FieldValidation } from '../request.ts'
import type { ListRequestOptions } from '../verbs/list.ts'
import type { IncludeObject } from './shapes.ts'

/** What the query of a request says, for its verb. */
export interface QueryOptions {
  dryRun: boolean
  fieldValidation: FieldValidation
  fieldManager: string
  options: CallOptions
}

const maxFieldManagerBytes = 128

const none = { dryRun: false, fieldValidation: 'Warn', fieldManager: '' } as const

/**
 * The options that a verb takes from the query, checked. What Kubernetes' options type of the verb does not have is not looked at.
 * Throws BadRequest for what is no number, Invalid for what cannot be.
 */
export function queryOptionsOf(verb: Verb, query: URLSearchParams): QueryOptions {
  if (query.size === 0) return { ...none, options: {} }
  switch (verb) {
    case 'get':
      return { ...none, options: { ...text(query, 'resourceVersion'), parameters: query } }
    case 'list':
      return { ...none, options: listOptionsOf(query) }
    case 'watch':
      return { ...none, options: watchOptionsOf(query) }
    case 'create':
      return { ...writeOptionsOf(query, 'CreateOptions'), options: { parameters: query } }
    case 'update':
      return { ...writeOptionsOf(query, 'UpdateOptions'), options: {} }
    case 'patch':
      return { ...writeOptionsOf(query, 'PatchOptions'), options: {} }
    case 'delete':
      return { ...none, ...deleteOptionsOf(query) }
    case 'deletecollection': {
      const { dryRun, options } = deleteOptionsOf(query)
      return { ...none, dryRun, options: { ...listOptionsOf(query), ...options } }
    }
  }
}

/** A whole number. Throws BadRequest for anything else. */
export function integer(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name)
  if (value === null || value === '') return undefined
  if (!/^-?\d{1,15}$/.test(value)) throw badRequest(`Invalid value: ${quoted(value)}: query parameter ${name} must be a whole number`)
  return Number(value)
}

const quoted = (value: string): string => JSON.stringify(value.length > 100 ? `${value.slice(0, 100)}…` : value)

/** `true`, `1` and an empty value are true, as in Kubernetes' decoding of query parameters. */
function boolean(query: URLSearchParams, name: string): boolean | undefined {
  const value = query.get(name)
  if (value === null) return undefined
  return value !== 'false' && value !== '0'
}

function text<Name extends string>(query: URLSearchParams, name: Name): Partial<Record<Name, string>> {
  const value = query.get(name)
  return value === null ? {} : ({ [name]: value } as Record<Name, string>)
}

export function isWatchQuery(query: URLSearchParams): boolean {
  return boolean(query, 'watch') ?? false
}

function listOptionsOf(query: URLSearchParams): Omit<ListRequestOptions, 'namespace' | 'signal'> {
  const limit = integer(query, 'limit')
  const sendInitialEvents = boolean(query, 'sendInitialEvents')
  return {
    ...text(query, 'labelSelector'),
    ...text(query, 'fieldSelector'),
    ...text(query, 'continue'),
    ...text(query, 'resourceVersion'),
    ...text(query, 'resourceVersionMatch'),
    ...(limit === undefined ? {} : { limit }),
    ...(sendInitialEvents === undefined ? {} : { sendInitialEvents }),
  }
}

function watchOptionsOf(query: URLSearchParams): CallOptions {
  const { continue: _, limit: __, ...selectors } = listOptionsOf(query)
  const allowWatchBookmarks = boolean(query, 'allowWatchBookmarks')
  const timeoutSeconds = integer(query, 'timeoutSeconds')
  return {
    ...selectors,
    ...(allowWatchBookmarks === undefined ? {} : { allowWatchBookmarks }),
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
  }
}

/** Which part of each object a Table carries. Throws BadRequest. */
export function includeObjectOf(query: URLSearchParams): IncludeObject {
  const value = query.get('includeObject') ?? 'Metadata'
  if (value !== 'None' && value !== 'Metadata' && value !== 'Object')
    throw badRequest(`Invalid value: ${quoted(value)}: includeObject must be "None", "Metadata" or "Object"`)
  return value
}

function writeOptionsOf(query: URLSearchParams, kind: string): Omit<QueryOptions, 'options'> {
  const dryRun = query.getAll('dryRun')
  const fieldValidation = query.get('fieldValidation') || 'Warn'
  const fieldManager = query.get('fieldManager') ?? ''
  const errors: FieldError[] = []
  if (kind === 'PatchOptions' && query.has('force')) errors.push(forbiddenField('force', 'may not be specified for non-apply patch'))
  errors.push(...fieldManagerErrors(fieldManager), ...dryRunErrors(dryRun))
  if (!isFieldValidation(fieldValidation))
    errors.push(notSupportedField('fieldValidation', fieldValidation, ['', 'Ignore', 'Strict', 'Warn']))
  if (errors.length > 0 || !isFieldValidation(fieldValidation)) throw invalid({ group: 'meta.k8s.io', kind }, '', errors)
  return { dryRun: dryRun.length > 0, fieldValidation, fieldManager }
}

function fieldManagerErrors(fieldManager: string): FieldError[] {
  if (Buffer.byteLength(fieldManager) > maxFieldManagerBytes) return [tooLongField('fieldManager', maxFieldManagerBytes)]
  const position = fieldManager.search(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u)
  if (position < 0) return []
  const code = fieldManager.codePointAt(position)!.toString(16).toUpperCase().padStart(4, '0')
  return [invalidField('fieldManager', fieldManager, `invalid character U+${code} (at position ${position})`)]
}

const isFieldValidation = (value: string): value is FieldValidation => value === 'Strict' || value === 'Warn' || value === 'Ignore'

function deleteOptionsOf(query: URLSearchParams): Pick<QueryOptions, 'dryRun' | 'options'> {
  const { dryRun, ...options } = checkedDeleteOptions({
    dryRun: query.getAll('dryRun'),
    gracePeriodSeconds: integer(query, 'gracePeriodSeconds'),
    orphanDependents: boolean(query, 'orphanDependents'),
    propagationPolicy: query.get('propagationPolicy') ?? undefined,
  })
  return { dryRun, options }
}
