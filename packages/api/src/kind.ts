import type { FieldError, KubeObject } from '@quarterdeck/api-machinery'

/** A function of an object. Declared as a method so that the kind of a Pod is also the kind of an object. */
export type Reader<T, Result> = { read(object: T): Result }['read']

/** As Reader, of an object and the seconds a client asks for. */
export type GracePeriod<T> = { read(object: T, requestedSeconds: number | undefined): number }['read']

/** A column of `kubectl get` and of the dashboard's lists (metav1.TableColumnDefinition). */
export interface Column<T> {
  name: string
  type: 'string' | 'integer' | 'date' | 'boolean'
  description: string
  /** 0 is always shown; 1 and above only in the wide output. */
  priority: number
  format?: 'name'
  /** The cell; a `date` column returns an RFC 3339 time, which clients show as an age. `now` is in ms since the epoch. */
  value(object: T, now: number): string | number | boolean | null
}

/** Where a kind keeps what autoscaling/v1 Scale shows. */
export interface ScaleSubresource<T> {
  replicas(object: T): number
  setReplicas(object: T, replicas: number): void
  statusReplicas(object: T): number
  /** Selector text of the counted pods. */
  selector(object: T): string
}

/** How a kind that is served in several versions maps to the one that is stored. Both functions return a new object. */
export interface StoredAs<T> {
  kind: Kind
  toStored(object: T): KubeObject
  fromStored(object: KubeObject): T
}

/** Everything about one kind in one version. One file per kind declares it; shared code asks the declaration, never the name. */
export interface Kind<T extends KubeObject = KubeObject> {
  /** '' for the core group. */
  group: string
  version: string
  kind: string
  plural: string
  singular: string
  shortNames: readonly string[]
  categories: readonly string[]
  scope: 'Namespaced' | 'Cluster'
  /** Name of the generated model that is the schema. */
  model: string
  /** `plural.group`, or `plural` in the core group: the key in storage, in caches and in errors. */
  resource: string
  /** `group/version`, or `v1`. */
  apiVersion: string
  verbs: readonly Verb[]
  hasStatus: boolean
  /** Whether metadata.generation counts changes of everything but metadata and status. */
  hasGeneration: boolean
  scale: ScaleSubresource<T> | undefined
  /** Whether every change is kept in the log, or only the current state (Lease renewals). */
  history: 'full' | 'none'
  columns: readonly Column<T>[]
  /** Fields that field selectors may name, besides metadata.name and metadata.namespace. */
  selectableFields: Readonly<Record<string, Reader<T, string>>>
  /** Fills what the client left out. Mutates; idempotent. */
  applyDefaults(object: T): void
  /** Last touch before validation of a create: drops what a client may not set, allocates nothing. Mutates. */
  prepareForCreate(object: T): void
  /** As prepareForCreate, for an update of the main resource. Mutates `object`. */
  prepareForUpdate(object: T, old: T): void
  /** As prepareForUpdate, for an update of the status. Mutates `object`. */
  prepareForStatusUpdate(object: T, old: T): void
  validate(object: T): FieldError[]
  /** Rules of new objects only; `validate` runs as well. */
  validateCreate(object: T): FieldError[]
  /** Rules that compare with the old object; `validate` runs as well. */
  validateUpdate(object: T, old: T): FieldError[]
  validateStatusUpdate(object: T, old: T): FieldError[]
  /** What is wrong with an object's name; absent: it must be a DNS subdomain. */
  nameErrors: ((name: string) => string[]) | undefined
  /** Seconds from the request to delete, which may name its own, to the deletion; undefined for kinds that go at once. Pods wait for their kubelet. */
  gracePeriodSeconds: GracePeriod<T> | undefined
  /** Marks an object whose deletion has begun and not ended (a Namespace's phase). Mutates. */
  beginDeletion: Reader<T, void> | undefined
  /** Whether an object whose deletion has begun is held by more than its metadata (a Namespace's spec.finalizers). */
  holdsDeletion: Reader<T, boolean>
  /** What becomes of dependents if a deletion doesn't say: kinds that are older than garbage collection orphan them. */
  defaultPropagation: 'Background' | 'Orphan'
  /** Told to a client whose deletion doesn't say what becomes of dependents. */
  propagationWarning: string | undefined
  /** What a client should know of an object that it may store all the same. `old` absent: a new one. */
  warnings(object: T, old: T | undefined): string[]
  /** A kind that clients should not use any more: since which release (`1.33`), and what to use (`discovery.k8s.io/v1 EndpointSlice`). */
  deprecation: { since: string; use: string } | undefined
  storedAs: StoredAs<T> | undefined
}

export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch'

const allVerbs: readonly Verb[] = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']

/** What a kind file must say; the rest has the defaults of a plain kind. */
export type KindSpec<T extends KubeObject> = Pick<Kind<T>, 'group' | 'version' | 'kind' | 'plural' | 'scope' | 'model'> &
  Partial<Omit<Kind<T>, 'resource' | 'apiVersion'>>

export function defineKind<T extends KubeObject>(spec: KindSpec<T>): Kind<T> {
  return {
    singular: spec.kind.toLowerCase(),
    shortNames: [],
    categories: [],
    verbs: allVerbs,
    hasStatus: false,
    hasGeneration: false,
    scale: undefined,
    history: 'full',
    columns: [nameColumn, ageColumn],
    selectableFields: {},
    applyDefaults: () => {},
    prepareForCreate: () => {},
    prepareForUpdate: () => {},
    prepareForStatusUpdate: () => {},
    validate: () => [],
    validateCreate: () => [],
    validateUpdate: () => [],
    validateStatusUpdate: () => [],
    nameErrors: undefined,
    gracePeriodSeconds: undefined,
    beginDeletion: undefined,
    holdsDeletion: () => false,
    defaultPropagation: 'Background',
    propagationWarning: undefined,
    warnings: () => [],
    deprecation: undefined,
    storedAs: undefined,
    ...spec,
    resource: spec.group ? `${spec.plural}.${spec.group}` : spec.plural,
    apiVersion: spec.group ? `${spec.group}/${spec.version}` : spec.version,
  }
}

export const nameColumn: Column<KubeObject> = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: 'Name must be unique within a namespace.',
  priority: 0,
  value: (o) => o.metadata.name,
}
export const ageColumn: Column<KubeObject> = {
  name: 'Age',
  type: 'date',
  description: 'Time since the object was created.',
  priority: 0,
  value: (o) => o.metadata.creationTimestamp,
}
