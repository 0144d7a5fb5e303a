import type { Readable } from 'node:stream'

import { labels, type RuntimeEvent } from '@quarterdeck/runtime'
import type Docker from 'dockerode'

import { call } from './engine.ts'

const actions = ['create', 'start', 'die', 'oom', 'destroy', 'kill']
const maxLineBytes = 1 << 20

interface EngineEvent {
  Actor?: { Attributes?: Record<string, string> }
}

/** Which pods' containers change, as the engine says it. Throws when the engine closes the stream. */
export async function* engineEvents(docker: Docker, agentId: string, signal: AbortSignal): AsyncIterable<RuntimeEvent> {
  const filters = { type: ['container'], event: actions, label: [`${labels.agent}=${agentId}`] }
  const stream = (await call('subscribing to events', () => docker.getEvents({ filters: JSON.stringify(filters) }))) as Readable
  const stop = () => stream.destroy()
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  try {
    let rest = ''
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      rest += chunk.toString('utf8')
      const lines = rest.split('\n')
      rest = lines.pop() ?? ''
      if (rest.length > maxLineBytes) throw new Error('an event of the engine is too long')
      for (const line of lines) {
        const podUid = line.trim() ? (JSON.parse(line) as EngineEvent).Actor?.Attributes?.[labels.podUid] : undefined
        if (podUid) yield { podUid }
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    signal.removeEventListener('abort', stop)
    stream.destroy()
  }
  if (!signal.aborted) throw new Error('the engine closed its event stream')
}
