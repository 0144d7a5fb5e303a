import { useSyncExternalStore } from 'react'

export type ConnectionState = 'connecting' | 'live' | 'waiting'

/** How each open subscription is doing. */
const states = new Map<object, ConnectionState>()
const listeners = new Set<() => void>()

export function setConnection(owner: object, state: ConnectionState | undefined): void {
  if (state === undefined) states.delete(owner)
  else states.set(owner, state)
  for (const listener of listeners) listener()
}

function overall(): ConnectionState {
  const all = [...states.values()]
  if (all.includes('waiting')) return 'waiting'
  return all.includes('connecting') ? 'connecting' : 'live'
}

/** The worst of all subscriptions: `live` when everything on the page is. */
export function useConnection(): ConnectionState {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    overall,
    () => 'connecting' as const,
  )
}
