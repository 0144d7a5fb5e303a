import type { Kind } from '@quarterdeck/api'
import type { KubeObject } from '@quarterdeck/api-machinery'
import type { StoredObject, Write } from '@quarterdeck/storage'

import type { User } from '../auth/user.ts'
import type { ApiRequest } from '../request.ts'

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
  /** Absent for DELETE. Of a subresource that takes a value of another kind (a Scale, a Binding), that value. */
  object: KubeObject | undefined
  /** Absent for CREATE. */
  old: KubeObject | undefined
  user: User
  dryRun: boolean
  /** Further writes that must be stored with this one, or not at all. */
  alongside: Write[]
  reader: AdmissionReader
}

type Admitted = Pick<AdmissionAttributes, 'operation'> & { object?: KubeObject | undefined; old?: KubeObject | undefined }

export type AdmissionPhase = 'mutating' | 'validating'

/** A step between decoding and storing. Throws ApiError to refuse. */
export interface AdmissionPlugin {
  name: string
  /** Those that validate run once the object is as it would be stored and is valid; they change nothing of it. Default: mutating. */
  phase?: AdmissionPhase
  /** The resources it looks at; absent: all. */
  resources?: readonly string[]
  /** The subresources it looks at beside the object itself; absent: none. */
  subresources?: readonly string[]
  operations: readonly AdmissionAttributes['operation'][]
  admit(attributes: AdmissionAttributes): Promise<void> | void
}

/** What admission is told of a request. */
export function attributesOf(request: ApiRequest, reader: AdmissionReader, { operation, object, old }: Admitted): AdmissionAttributes {
  const { kind, namespace, name, subresource, user, dryRun } = request
  return { operation, kind, namespace, name, subresource, object, old, user, dryRun, alongside: [], reader }
}

/** Lets admission see the value that a subresource takes, of a kind of its own. Plugins may mutate it. */
export async function admitValue(
  core: AdmissionReader & { admit(attributes: AdmissionAttributes, phase?: AdmissionPhase): Promise<void> },
  request: ApiRequest,
  { operation, object, old }: { operation: AdmissionAttributes['operation']; object: object; old?: object },
): Promise<void> {
  const attributes = attributesOf(request, core, { operation, object: object as KubeObject, old: old as KubeObject | undefined })
  await core.admit(attributes)
  await core.admit(attributes, 'validating')
}

export async function runAdmission(
  plugins: readonly AdmissionPlugin[],
  attributes: AdmissionAttributes,
  phase: AdmissionPhase,
): Promise<void> {
  const { kind, operation, subresource } = attributes
  for (const plugin of plugins) {
    if ((plugin.phase ?? 'mutating') !== phase) continue
    if (subresource && !plugin.subresources?.includes(subresource)) continue
    if (!plugin.operations.includes(operation)) continue
    if (plugin.resources && !plugin.resources.includes(kind.resource)) continue
    const pending = plugin.admit(attributes)
    if (pending) await pending
  }
}
