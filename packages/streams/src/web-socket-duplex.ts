import { Duplex } from 'node:stream'

import type { WebSocket } from 'ws'

/** More than this waiting in the socket, and writers wait. */
const highWaterBytes = 1 << 20

/**
 * A byte stream over a WebSocket's binary messages, with back pressure both ways. Node's HTTP/2 asks a little of a
 * socket beyond a stream; what it reads of addresses is left undefined.
 */
export function duplexOf(socket: WebSocket): Duplex {
  const stream = new Duplex({
    read() {
      socket.resume()
    },
    write(chunk: Buffer, _encoding, done) {
      if (socket.readyState !== socket.OPEN) return done(new Error('the connection is closed'))
      socket.send(chunk, { binary: true }, (error) => done(error ?? null))
    },
    final(done) {
      socket.close()
      done()
    },
    destroy(error, done) {
      socket.terminate()
      done(error)
    },
    writableHighWaterMark: highWaterBytes,
  })
  socket.on('message', (data: Buffer, isBinary) => {
    // An empty chunk would stall the reader.
    if (isBinary && data.length > 0 && !stream.push(data)) socket.pause()
  })
  socket.on('close', () => {
    stream.push(null)
    stream.destroy()
  })
  socket.on('error', (error) => stream.destroy(error))
  return stream
}
