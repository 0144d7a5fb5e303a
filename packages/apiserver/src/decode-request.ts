import { modelSchemas, type Kind } from '@quarterdeck/api'
import { badRequest, boundedText, briefJson, decodeObject, isRecord, type KubeObject } from '@quarterdeck/api-machinery'

import { schemaOf } from './kind-registry.ts'
import type { ApiRequest } from './request.ts'
import { checkResourceVersion } from './verbs/check-list-options.ts'

/** As many as sigs.k8s.io/json keeps of one body. */
const maxStrictErrors = 100
const maxMessageLength = 16 * 1024

export interface DecodeOptions {
  /** Keys that stood twice in the body. */
  duplicateKeys?: readonly string[]
  /**
   * An object of the kind as it is stored: what the body has in common with it needs no second look. In a write of the status, what
   * is the very same beside status and metadata may be left out: such a write leaves it as it is stored.
   */
  known?: KubeObject | undefined
}

/**
 * Brings the body of a write into the form that is stored; the body stays as it is, and the result shares nothing with it.
 * Unknown fields and duplicate keys are an error, a warning or nothing, as fieldValidation says.
 * Throws BadRequest for another kind than the path's and for values of the wrong type.
 */
export function decodeRequestObject(
  body: unknown,
  request: Pick<ApiRequest, 'kind' | 'subresource' | 'fieldValidation' | 'warnings'>,
  { duplicateKeys = [], known }: DecodeOptions = {},
): KubeObject {
  const { kind } = request
  if (!isRecord(body)) throw badRequest(`the body must be a ${kind.kind} object`)
  checkType(body, kind)
  const looked = known && request.subresource === 'status' ? statusPart(body, known) : body
  const decoded = decodeObject(looked, schemaOf(kind), modelSchemas, known)
  const intro = `${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}`
  if (decoded.typeErrors.length > 0) throw badRequest(`${intro}: ${boundedText(decoded.typeErrors.join(', '), maxMessageLength)}`)
  const problems = [
    ...decoded.unknownFields.map((f) => `unknown field ${JSON.stringify(f)}`),
    ...duplicateKeys.map((k) => `duplicate field ${JSON.stringify(k)}`),
  ].slice(0, maxStrictErrors)
  if (problems.length > 0 && request.fieldValidation === 'Strict')
    throw badRequest(`${intro}: strict decoding error: ${boundedText(problems.join(', '), maxMessageLength)}`)
  if (request.fieldValidation === 'Warn') request.warnings.push(...problems)
  const object = decoded.value as unknown as KubeObject
  checkResourceVersion(object.metadata?.resourceVersion ?? '')
  object.apiVersion = kind.apiVersion
  object.kind = kind.kind
  return object
}

/** The body without what a write of the status leaves alone, as far as that is plain to see. */
function statusPart(body: Record<string, unknown>, known: KubeObject): Record<string, unknown> {
  const before = known as unknown as Record<string, unknown>
  return Object.fromEntries(Object.entries(body).filter(([key, value]) => key === 'metadata' || key === 'status' || value !== before[key]))
}

function checkType(body: Record<string, unknown>, kind: Kind): void {
  const { apiVersion, kind: name } = body
  if (apiVersion !== undefined && apiVersion !== kind.apiVersion) {
    throw badRequest(`the API version in the data (${shown(apiVersion)}) does not match the expected API version (${kind.apiVersion})`)
  }
  if (name !== undefined && name !== kind.kind) {
    throw badRequest(
      `${shown(name)} in version ${JSON.stringify(kind.version)} cannot be handled as a ${kind.kind}: no kind ${briefJson(name)} is served here`,
    )
  }
}

function shown(name: unknown): string {
  return typeof name === 'string' ? boundedText(name, 256) : briefJson(name)
}
