import type { KubeObject } from '@quarterdeck/api-machinery'
import type { StoredObject, StoreKey } from './store.ts'

/**
 * The object as JSON without metadata.resourceVersion, keys in the order apiVersion, kind, metadata, rest. That order
 * is what lets `Stored` set the revision by splicing text, so that a write is stringified once for the database, the
 * cache and every response.
 */
export function serializeValue(object: KubeObject): string {
  const { apiVersion, kind, metadata, ...rest } = object
  const { resourceVersion: _, ...meta } = metadata
  return JSON.stringify({ apiVersion, kind, metadata: meta, ...rest })
}

/** A value of the store at one revision. The object is shared by every reader and is not to be mutated. */
export class Stored implements StoredObject {
  readonly key: StoreKey
  readonly uid: string
  readonly revision: number
  readonly object: KubeObject
  #text: string | undefined
  #hasRevision = false

  /** `value` is `serializeValue` of `object`, whose own resourceVersion does not matter; absent: made when it is asked for. */
  constructor(identity: { key: StoreKey; uid: string; revision: number }, object: KubeObject, value?: string) {
    const { apiVersion, kind, metadata, ...rest } = object
    this.key = identity.key
    this.uid = identity.uid
    this.revision = identity.revision
    this.object = { apiVersion, kind, metadata: { ...metadata, resourceVersion: String(identity.revision) }, ...rest }
    this.#text = value
  }

  static parse(identity: { key: StoreKey; uid: string; revision: number }, value: string): Stored {
    return new Stored(identity, JSON.parse(value) as KubeObject, value)
  }

  get json(): string {
    if (this.#text === undefined || !this.#hasRevision) {
      this.#text = withRevision(this.#text ?? serializeValue(this.object), this.object, this.revision)
      this.#hasRevision = true
    }
    return this.#text
  }

  /** Whoever asks for it again has it made anew. */
  forgetText(): void {
    this.#text = undefined
    this.#hasRevision = false
  }

  /** About how much memory the text takes. */
  get length(): number {
    this.#text ??= serializeValue(this.object)
    return this.#text.length
  }
}

function withRevision(value: string, object: KubeObject, revision: number): string {
  const head = `{"apiVersion":${JSON.stringify(object.apiVersion)},"kind":${JSON.stringify(object.kind)},"metadata":{`
  const separator = value[head.length] === '}' ? '' : ','
  return `${value.slice(0, head.length)}"resourceVersion":"${revision}"${separator}${value.slice(head.length)}`
}
