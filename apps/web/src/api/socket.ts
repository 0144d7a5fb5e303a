import { createWSClient } from '@trpc/client'
import { useSyncExternalStore } from 'react'

import { goToSignIn } from './go-to-sign-in.ts'

/**
 * What subscriptions go over: one WebSocket for all of a tab, which does not count among the six connections that a
 * browser allows to a server; or, where something between here and the server lets no WebSocket through, a stream each.
 */
export type Transport = 'socket' | 'stream'

const signInCode = 4401
const failuresUntilStreams = 2
const idleMs = 10_000
const longestRetryMs = 8_000

let transport: Transport = 'socket'
let hasOpened = false
let failures = 0
const listeners = new Set<() => void>()

export const socketClient = createWSClient({
  url: () => `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/trpc/socket`,
  lazy: { enabled: true, closeMs: idleMs },
  keepAlive: { enabled: true, intervalMs: 15_000, pongTimeoutMs: 5_000 },
  retryDelayMs: (attempt) => (attempt === 0 ? 0 : Math.min(longestRetryMs, 250 * 2 ** attempt)),
  onOpen() {
    hasOpened = true
    failures = 0
  },
  onClose(cause) {
    if (cause?.code === signInCode) goToSignIn()
    else if (!hasOpened && ++failures >= failuresUntilStreams) fallBackToStreams()
  },
})

function fallBackToStreams(): void {
  if (transport === 'stream') return
  transport = 'stream'
  for (const listener of listeners) listener()
}

export function currentTransport(): Transport {
  return transport
}

/** Changes at most once: subscriptions are then opened anew. */
export function useTransport(): Transport {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    currentTransport,
    currentTransport,
  )
}
