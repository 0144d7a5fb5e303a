import type { WebSocket } from 'ws'

/** What may wait in a connection before subscriptions wait for it. */
const maxBufferedBytes = 512 * 1024
const checkMs = 50

/** Resolves when a connection has sent most of what it was given, or is closed: what is held for a slow reader is bounded. */
export function drainOf(socket: Pick<WebSocket, 'bufferedAmount' | 'readyState' | 'OPEN'>): () => Promise<void> {
  const isReady = (): boolean => socket.bufferedAmount <= maxBufferedBytes || socket.readyState !== socket.OPEN
  return async () => {
    while (!isReady()) await new Promise<void>((resolve) => setTimeout(resolve, checkMs).unref())
  }
}
