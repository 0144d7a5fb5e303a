import type { WebSocket } from 'ws'

const pingEveryMs = 15_000

/** Pings the other side; a socket that answers none between two pings is dead and is cut. Returns the function that ends it. */
export function keepAlive(socket: WebSocket, everyMs: number = pingEveryMs): () => void {
  let isAlive = true
  const heard = () => {
    isAlive = true
  }
  socket.on('pong', heard)
  socket.on('message', heard)
  const timer = setInterval(() => {
    if (!isAlive) return socket.terminate()
    isAlive = false
    socket.ping()
  }, everyMs)
  timer.unref()
  const end = () => clearInterval(timer)
  socket.on('close', end)
  return end
}
