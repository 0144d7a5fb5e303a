import { controllerOf, keyString, type KubeObject, type ObjectKey } from '@quarterdeck/api-machinery'

/** Values under which an object is found in a named index. */
export type Indexer<T> = (object: T) => readonly string[]

/** What a controller reads. Objects are shared with every other reader: never mutate one. */
export interface Cache<T extends KubeObject> {
  readonly size: number
  get(key: ObjectKey | string): T | undefined
  /** In no particular order. `namespace` absent: all. */
  list(namespace?: string): T[]
  /** The objects whose controller reference names this object. */
  ownedBy(owner: { metadata: { uid: string } }): T[]
  /** The objects of a namespace that no one controls. */
  orphans(namespace: string): T[]
  /** The objects that the named index files under a value. The index must have been added. */
  byIndex(index: string, value: string): T[]
  /** How many `byIndex` would find. */
  countByIndex(index: string, value: string): number
}

const byNamespace = ' namespace'
const byController = ' controller'
/** No uid begins with a space. */
const orphansOf = (namespace: string): string => ` ${namespace}`

/** Objects of one kind by key, with indexes that every write keeps. */
export class ObjectCache<T extends KubeObject> implements Cache<T> {
  readonly #objects = new Map<string, T>()
  readonly #indexes = new Map<string, Index<T>>()

  constructor(indexers: Readonly<Record<string, Indexer<T>>> = {}) {
    this.addIndex(byNamespace, (object) => [object.metadata.namespace ?? ''])
    this.addIndex(byController, (object) => {
      const owner = controllerOf(object)
      return [owner ? owner.uid : orphansOf(object.metadata.namespace ?? '')]
    })
    for (const [name, indexer] of Object.entries(indexers)) this.addIndex(name, indexer)
  }

  get size(): number {
    return this.#objects.size
  }

  get(key: ObjectKey | string): T | undefined {
    return this.#objects.get(typeof key === 'string' ? key : keyString(key))
  }

  list(namespace?: string): T[] {
    return namespace === undefined ? [...this.#objects.values()] : this.byIndex(byNamespace, namespace)
  }

  ownedBy(owner: { metadata: { uid: string } }): T[] {
    return this.byIndex(byController, owner.metadata.uid)
  }

  orphans(namespace: string): T[] {
    return this.byIndex(byController, orphansOf(namespace))
  }

  byIndex(index: string, value: string): T[] {
    return this.#index(index).get(value)
  }

  countByIndex(index: string, value: string): number {
    return this.#index(index).count(value)
  }

  #index(name: string): Index<T> {
    const found = this.#indexes.get(name)
    if (!found) throw new Error(`no index ${name}`)
    return found
  }

  /** Adds an index over what is and will be cached. Adding a name again keeps the first. */
  addIndex(name: string, indexer: Indexer<T>): void {
    if (this.#indexes.has(name)) return
    const index = new Index(indexer)
    for (const [key, object] of this.#objects) index.add(key, object)
    this.#indexes.set(name, index)
  }

  /** Returns what was there before. */
  set(key: string, object: T): T | undefined {
    const old = this.#objects.get(key)
    this.#objects.set(key, object)
    for (const index of this.#indexes.values()) index.replace(key, old, object)
    return old
  }

  /** Returns what was there. */
  delete(key: string): T | undefined {
    const old = this.#objects.get(key)
    if (!old) return undefined
    this.#objects.delete(key)
    for (const index of this.#indexes.values()) index.remove(key, old)
    return old
  }

  keys(): IterableIterator<string> {
    return this.#objects.keys()
  }
}

class Index<T> {
  readonly #valuesOf: Indexer<T>
  readonly #entries = new Map<string, Map<string, T>>()

  constructor(valuesOf: Indexer<T>) {
    this.#valuesOf = valuesOf
  }

  get(value: string): T[] {
    const found = this.#entries.get(value)
    return found ? [...found.values()] : []
  }

  count(value: string): number {
    return this.#entries.get(value)?.size ?? 0
  }

  /** Most changes of an object leave it where it is. */
  replace(key: string, old: T | undefined, object: T): void {
    if (old) {
      const values = this.#valuesOf(object)
      const before = this.#valuesOf(old)
      if (values.length !== before.length || values.some((value, i) => value !== before[i])) this.remove(key, old)
    }
    this.add(key, object)
  }

  add(key: string, object: T): void {
    for (const value of this.#valuesOf(object)) {
      let found = this.#entries.get(value)
      if (!found) this.#entries.set(value, (found = new Map()))
      found.set(key, object)
    }
  }

  remove(key: string, object: T): void {
    for (const value of this.#valuesOf(object)) {
      const found = this.#entries.get(value)
      found?.delete(key)
      if (found?.size === 0) this.#entries.delete(value)
    }
  }
}
