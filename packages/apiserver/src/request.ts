import type { Kind } from '@quarterdeck/api'

import type { User } from './auth/user.ts'

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore'

/** Adds warnings; a request that is tried again warns once. */
export function warn(request: ApiRequest, warnings: readonly string[]): void {
  for (const warning of warnings) if (!request.warnings.includes(warning)) request.warnings.push(warning)
}

/** One call of the API, whichever way it came in. */
export interface ApiRequest {
  user: User
  /** Field manager or user agent: kept with every change. */
  client: string
  kind: Kind
  /** '' for cluster scope, or for all namespaces. */
  namespace: string
  /** '' when the request is about a collection. */
  name: string
  subresource: string
  /** What follows the subresource in the path, where that has paths of its own. */
  subpath?: string
  dryRun: boolean
  fieldValidation: FieldValidation
  /** Collected on the way, sent as Warning headers. */
  warnings: string[]
}
