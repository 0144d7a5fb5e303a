import { badRequest, invalid, invalidField, notSupportedField } from '@quarterdeck/api-machinery'
import type { DeleteOptions } from '@quarterdeck/client'

import type { FieldValidation } from '../request.ts'
import type { ListRequestOptions } from '../verbs/list.ts'
import type { WatchRequestOptions } from '../verbs/watch.ts'
import type { IncludeObject } from './shapes.ts'

/** A whole number from the query. Throws BadRequest for anything else. */
export function integer(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  if (text === null || text === '') return undefined
  if (!/^-?\d{1,15}$/.test(text)) throw badRequest(`Invalid value: ${JSON.stringify(text)}: query parameter ${name} must be a whole number`)
  return Number(text)
}

/** `true`, `1` and an empty value are true, as in Kubernetes' decoding of query parameters. */
function boolean(query: URLSearchParams, name: string): boolean | undefined {
  const text = query.get(name)
  if (text === null) return undefined
  return text !== 'false' && text !== '0'
}

function text<Name extends string>(query: URLSearchParams, name: Name): Partial<Record<Name, string>> {
  const value = query.get(name)
  return value === null ? {} : ({ [name]: value } as Record<Name, string>)
}

export function isWatchQuery(query: URLSearchParams): boolean {
  return boolean(query, 'watch') ?? false
}

export function listOptionsOf(query: URLSearchParams): ListRequestOptions {
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

export function watchOptionsOf(query: URLSearchParams): WatchRequestOptions & { timeoutSeconds?: number } {
  const { continue: _, limit: __, ...selectors } = listOptionsOf(query)
  const allowWatchBookmarks = boolean(query, 'allowWatchBookmarks')
  const timeoutSeconds = integer(query, 'timeoutSeconds')
  return {
    ...selectors,
    ...(allowWatchBookmarks === undefined ? {} : { allowWatchBookmarks }),
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
  }
}

export function includeObjectOf(query: URLSearchParams): IncludeObject {
  const value = query.get('includeObject') ?? 'Metadata'
  if (value !== 'None' && value !== 'Metadata' && value !== 'Object')
    throw badRequest(`Invalid value: ${JSON.stringify(value)}: includeObject must be "None", "Metadata" or "Object"`)
  return value
}

const optionKinds: Record<string, string> = { POST: 'CreateOptions', PUT: 'UpdateOptions', PATCH: 'PatchOptions', DELETE: 'DeleteOptions' }

const optionsOf = (method = ''): { group: string; kind: string } => ({ group: 'meta.k8s.io', kind: optionKinds[method] ?? 'ListOptions' })

/** What every write takes from the query. Throws Invalid, naming the options of the method. */
export function writeOptionsOf(
  query: URLSearchParams,
  method?: string,
): { dryRun: boolean; fieldValidation: FieldValidation; fieldManager: string } {
  const dryRun = query.getAll('dryRun').filter((v) => v !== '')
  const errors = dryRun.some((v) => v !== 'All') ? [notSupportedField('dryRun', dryRun, ['All'])] : []
  const fieldValidation = query.get('fieldValidation') || 'Warn'
  if (fieldValidation !== 'Strict' && fieldValidation !== 'Warn' && fieldValidation !== 'Ignore')
    throw invalid(optionsOf(method), '', [...errors, notSupportedField('fieldValidation', fieldValidation, ['Ignore', 'Strict', 'Warn'])])
  if (errors.length > 0) throw invalid(optionsOf(method), '', errors)
  return { dryRun: dryRun.length > 0, fieldValidation, fieldManager: query.get('fieldManager') ?? '' }
}

/** Delete options of the query; those of a DeleteOptions body, where there is one, come first. */
export function deleteOptionsOf(query: URLSearchParams, body: unknown): DeleteOptions {
  const given = (body ?? {}) as DeleteOptions & { orphanDependents?: boolean; dryRun?: unknown }
  const gracePeriodSeconds = given.gracePeriodSeconds ?? integer(query, 'gracePeriodSeconds')
  const orphans = given.orphanDependents ?? boolean(query, 'orphanDependents')
  const legacyPolicy = orphans === undefined ? undefined : orphans ? 'Orphan' : 'Background'
  const askedPolicy = given.propagationPolicy ?? (query.get('propagationPolicy') as DeleteOptions['propagationPolicy'] | null)
  if (askedPolicy && legacyPolicy)
    throw invalid(optionsOf('DELETE'), '', [
      invalidField('propagationPolicy', askedPolicy, 'orphanDependents and deletionPropagation cannot be both set'),
    ])
  const propagationPolicy = askedPolicy ?? legacyPolicy
  return {
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(propagationPolicy ? { propagationPolicy } : {}),
    ...(given.preconditions ? { preconditions: given.preconditions } : {}),
  }
}

/** Whether a DeleteOptions body asks for a dry run. */
export function isDryRunBody(body: unknown): boolean {
  const dryRun = (body as { dryRun?: unknown } | null)?.dryRun
  return Array.isArray(dryRun) && dryRun.includes('All')
}
