import type { IncomingMessage, ServerResponse } from 'node:http'

import type { Kind } from '@quarterdeck/api'
import { isApiError, internalError } from '@quarterdeck/api-machinery'

import { servedObject } from '../api-core.ts'
import type { Answer } from '../endpoints/endpoint.ts'
import { bookmarkOf, frameOf, type ServedEvent } from '../verbs/watch.ts'
import { scheduleFlush } from './flush-schedule.ts'
import type { Output } from './negotiate.ts'
import { shapedObject, type IncludeObject } from './shapes.ts'
import { WatchOutbox } from './watch-outbox.ts'

const defaultTimeoutSeconds = { least: 1800, spread: 1800 }

export interface WatchStreamOptions extends Pick<Answer & { type: 'watch' }, 'open' | 'timeoutSeconds'> {
  output: Output
  include: IncludeObject
}

/** Streams a watch as JSON lines until the client goes, the time is up, or the watch ends. */
export async function streamWatch(
  kind: Kind,
  http: { request: IncomingMessage; response: ServerResponse },
  options: WatchStreamOptions,
): Promise<void> {
  const { response } = http
  const timeoutSeconds = options.timeoutSeconds || defaultTimeoutSeconds.least + Math.random() * defaultTimeoutSeconds.spread
  let stop: (() => void) | undefined
  let isOver = false
  const finish = (): void => {
    if (isOver) return
    isOver = true
    clearTimeout(timer)
    stop?.()
    if (!response.writableEnded) response.end()
  }
  const timer = setTimeout(finish, Math.min(timeoutSeconds * 1000, 2 ** 31 - 1))
  timer.unref()
  http.request.once('close', finish)
  response.once('close', finish)
  const frame =
    options.output.shape === 'object'
      ? (event: ServedEvent) => frameOf(kind, event)
      : (event: ServedEvent) => shapedFrame(kind, event, options)

  const outbox = new WatchOutbox({
    response,
    frame,
    onOverflow: () => {
      finish()
      response.destroy()
    },
  })
  const flush = (): void => {
    if (!isOver) outbox.flush()
  }

  try {
    stop = await options.open({
      onState(state) {
        if (isOver) return
        openStream(response)
        outbox.begin(state)
        scheduleFlush(flush)
      },
      onEvents(events) {
        if (isOver) return
        openStream(response)
        outbox.add(events)
        scheduleFlush(flush)
      },
      onEnd(error) {
        if (isOver) return
        flush()
        if (error && outbox.isEmpty) {
          openStream(response)
          response.write(
            `${JSON.stringify({ type: 'ERROR', object: (isApiError(error) ? error : internalError('the watch ended')).toStatus() })}\n`,
          )
        }
        finish()
      },
    })
  } catch (error) {
    clearTimeout(timer)
    isOver = true
    throw error
  }
  if (isOver) stop()
  else openStream(response)
}

function openStream(response: ServerResponse): void {
  if (response.headersSent) return
  response.statusCode = 200
  response.setHeader('Content-Type', 'application/json')
  response.setHeader('Cache-Control', 'no-cache, private')
  response.flushHeaders()
}

function shapedFrame(kind: Kind, event: ServedEvent, { output, include }: WatchStreamOptions): Uint8Array {
  if (event.type === 'BOOKMARK')
    return Buffer.from(`${JSON.stringify({ type: 'BOOKMARK', object: shapedBookmark(kind, event, output) })}\n`)
  return Buffer.from(
    `${JSON.stringify({ type: event.type, object: shapedObject(kind, servedObject(kind, event.stored), output, include) })}\n`,
  )
}

function shapedBookmark(kind: Kind, event: ServedEvent & { type: 'BOOKMARK' }, output: Output): unknown {
  const { metadata } = bookmarkOf(kind, event)
  if (output.shape === 'Table')
    return {
      kind: 'Table',
      apiVersion: `meta.k8s.io/${output.version}`,
      metadata,
      columnDefinitions: [],
      rows: [{ cells: [], object: { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${output.version}`, metadata } }],
    }
  return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${output.version}`, metadata }
}
