/** Kubernetes object shapes that every package shares. A value here is the JSON that travels on the wire. */

export interface OwnerReference {
  apiVersion: string
  kind: string
  name: string
  uid: string
  controller?: boolean | undefined
  blockOwnerDeletion?: boolean | undefined
}

export interface ManagedFieldsEntry {
  apiVersion?: string | undefined
  fieldsType?: string | undefined
  fieldsV1?: unknown
  manager?: string | undefined
  operation?: string | undefined
  subresource?: string | undefined
  time?: string | undefined
}

/** Metadata as a client may send it: nothing is certain yet. */
export interface DraftMeta {
  name?: string | undefined
  generateName?: string | undefined
  namespace?: string | undefined
  labels?: Record<string, string> | undefined
  annotations?: Record<string, string> | undefined
  ownerReferences?: OwnerReference[] | undefined
  finalizers?: string[] | undefined
  uid?: string | undefined
  resourceVersion?: string | undefined
  generation?: number | undefined
  creationTimestamp?: string | undefined
  deletionTimestamp?: string | undefined
  deletionGracePeriodSeconds?: number | undefined
  managedFields?: ManagedFieldsEntry[] | undefined
  selfLink?: string | undefined
}

/** Metadata as the server returns it. Times are RFC 3339 strings of whole seconds in UTC. */
export interface ObjectMeta extends DraftMeta {
  name: string
  uid: string
  resourceVersion: string
  creationTimestamp: string
}

/** Any object the server stores. */
export interface KubeObject {
  apiVersion: string
  kind: string
  metadata: ObjectMeta
}

type Body<T> = Omit<T, 'apiVersion' | 'kind' | 'metadata'>

/** Makes a stored, namespaced object type of a generated model; `Present` names the fields the server always fills. */
export type Namespaced<T, Present extends keyof T = never> = Omit<Body<T>, Present> & { [P in Present]-?: NonNullable<T[P]> } & {
  apiVersion: string
  kind: string
  metadata: ObjectMeta & { namespace: string }
}

/** As Namespaced, for a kind of cluster scope. */
export type ClusterScoped<T, Present extends keyof T = never> = Omit<Body<T>, Present> & { [P in Present]-?: NonNullable<T[P]> } & {
  apiVersion: string
  kind: string
  metadata: ObjectMeta
}

/** An object on its way to the server: identity fields may be missing. */
export type Draft<T> = Body<T> & { apiVersion?: string; kind?: string; metadata: DraftMeta }

/** Names one object of a kind; `namespace` is '' for kinds of cluster scope. */
export interface ObjectKey {
  namespace: string
  name: string
}

export function keyOf(object: { metadata: { namespace?: string | undefined; name?: string | undefined } }): ObjectKey {
  return { namespace: object.metadata.namespace ?? '', name: object.metadata.name ?? '' }
}

/** `namespace/name`, or `name` for kinds of cluster scope: the form used in logs, caches and work queues. */
export function keyString(key: ObjectKey): string {
  return key.namespace ? `${key.namespace}/${key.name}` : key.name
}

export function parseKeyString(text: string): ObjectKey {
  const slash = text.indexOf('/')
  return slash < 0 ? { namespace: '', name: text } : { namespace: text.slice(0, slash), name: text.slice(slash + 1) }
}

/** The reference with `controller: true`, if there is one. */
export function controllerOf(object: { metadata: DraftMeta }): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((ref) => ref.controller)
}

/** The current time as metadata carries it: RFC 3339, UTC, whole seconds. */
export function timestamp(date: Date = new Date()): string {
  return `${date.toISOString().slice(0, 19)}Z`
}

/** As `timestamp`, with six digits of a second (metav1.MicroTime). */
export function microTimestamp(date: Date = new Date()): string {
  return `${date.toISOString().slice(0, 23)}000Z`
}
