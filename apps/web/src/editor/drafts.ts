import { useSyncExternalStore } from 'react'

const prefix = 'quarterdeck.draft.'
const drafts = new Map<string, unknown>()
const listeners = new Set<() => void>()

export interface DraftOptions {
  /** Also in the tab's session storage, which outlives a reload and signing in again; not for what is to stay hidden. */
  isStored: boolean
}

/** What somebody is writing, under a name: it is still there when they come back to it in this tab. Undefined when nothing is. */
export function useDraft<T>(name: string, { isStored }: DraftOptions): [T | undefined, (next: T | undefined) => void] {
  const draft = useSyncExternalStore(
    subscribe,
    () => read(name) as T | undefined,
    () => undefined,
  )
  return [draft, (next) => write(name, next, isStored)]
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function read(name: string): unknown {
  if (!drafts.has(name)) drafts.set(name, readStored(name))
  return drafts.get(name)
}

function readStored(name: string): unknown {
  try {
    return JSON.parse(sessionStorage.getItem(prefix + name) ?? 'null') ?? undefined
  } catch {
    return undefined
  }
}

function write(name: string, next: unknown, isStored: boolean): void {
  drafts.set(name, next)
  try {
    if (next === undefined || !isStored) sessionStorage.removeItem(prefix + name)
    else sessionStorage.setItem(prefix + name, JSON.stringify(next))
  } catch {
    // Too large: kept until the page is left.
    sessionStorage.removeItem(prefix + name)
  }
  for (const listener of listeners) listener()
}

/** Forgets everything, as when somebody signs out. */
export function forgetDrafts(): void {
  for (const name of drafts.keys()) write(name, undefined, false)
}
