import type { Kind } from '@quarterdeck/api'
import type { KubeObject } from '@quarterdeck/api-machinery'
import type { StoredObject, Write } from '@quarterdeck/storage'

import type { User } from '../auth/user.ts'

/** What a plugin may look at. Reads are of the caches, which may lag behind. */
export interface AdmissionReader {
  read(resource: string, namespace: string, name: string): Promise<StoredObject | undefined>
  /** Every object of a resource, or those of a namespace. For kinds of which there are few. */
  list(resource: string, namespace?: string): Promise<readonly StoredObject[]>
}

/** One write on its way through admission. Plugins mutate `object` and add to `alongside`. */
export interface AdmissionAttributes {
  operation: 'CREATE' | 'UPDATE' | 'DELETE'
  kind: Kind
  namespace: string
  name: string
  subresource: string
  /** Absent for DELETE. */
  object: KubeObject | undefined
  /** Absent for CREATE. */
  old: KubeObject | undefined
  user: User
  dryRun: boolean
  /** Further writes that must be stored with this one, or not at all. */
  alongside: Write[]
  reader: AdmissionReader
}

export type AdmissionPhase = 'mutating' | 'validating'

/** A step between decoding and storing. Throws ApiError to refuse. */
export interface AdmissionPlugin {
  name: string
  /** Those that validate run once the object is as it would be stored and is valid; they change nothing of it. Default: mutating. */
  phase?: AdmissionPhase
  /** The resources it looks at; absent: all. Subresources do not pass through admission. */
  resources?: readonly string[]
  operations: readonly AdmissionAttributes['operation'][]
  admit(attributes: AdmissionAttributes): Promise<void> | void
}

export async function runAdmission(
  plugins: readonly AdmissionPlugin[],
  attributes: AdmissionAttributes,
  phase: AdmissionPhase,
): Promise<void> {
  if (attributes.subresource) return
  for (const plugin of plugins) {
    if ((plugin.phase ?? 'mutating') !== phase) continue
    if (!plugin.operations.includes(attributes.operation)) continue
    if (plugin.resources && !plugin.resources.includes(attributes.kind.resource)) continue
    const pending = plugin.admit(attributes)
    if (pending) await pending
  }
}
