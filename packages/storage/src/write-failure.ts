import { alreadyExists, type ApiError, expired, notFound, type ResourceName, staleWrite } from '@quarterdeck/api-machinery'
import type { StoreKey } from './store.ts'

/** Why a write was refused, as the database reports it. */
export type WriteFailure = 'AlreadyExists' | 'NotFound' | 'Conflict'

/** `deployments.apps` is the resource `deployments` of the group `apps`. */
export function resourceNameOf(resource: string): ResourceName {
  const dot = resource.indexOf('.')
  return dot < 0 ? { group: '', resource } : { group: resource.slice(dot + 1), resource: resource.slice(0, dot) }
}

const errorOf: Record<WriteFailure, (target: ResourceName, name: string) => ApiError> = {
  AlreadyExists: alreadyExists,
  NotFound: notFound,
  Conflict: staleWrite,
}

export function writeError(failure: WriteFailure, key: StoreKey): ApiError {
  return errorOf[failure](resourceNameOf(key.resource), key.name)
}

export function compactedError(revision: number, compacted: number): ApiError {
  return expired(`The resourceVersion for the provided watch is too old: ${revision} is compacted, the oldest is ${compacted}.`)
}
