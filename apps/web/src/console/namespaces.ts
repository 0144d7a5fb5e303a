import { useSyncExternalStore } from 'react'

const key = 'quarterdeck.namespaces'
const listeners = new Set<() => void>()
let chosen: readonly string[] | undefined

function read(): readonly string[] {
  if (chosen === undefined) {
    try {
      const stored: unknown = JSON.parse(localStorage.getItem(key) ?? '[]')
      chosen = Array.isArray(stored) ? stored.filter((name) => typeof name === 'string') : []
    } catch {
      chosen = []
    }
  }
  return chosen
}

/** The namespaces lists are narrowed to; none means all. Kept across pages and visits. */
export function useChosenNamespaces(): readonly string[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    read,
    read,
  )
}

export function chooseNamespaces(next: readonly string[]): void {
  chosen = next.toSorted()
  try {
    localStorage.setItem(key, JSON.stringify(chosen))
  } catch {
    // A browser that keeps nothing still narrows this visit.
  }
  for (const listener of listeners) listener()
}
