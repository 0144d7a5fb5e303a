import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { PassThrough } from 'node:stream'

import { deployments, pods, type Deployment, type Pod } from '@quarterdeck/api'
import { timestamp, type Draft } from '@quarterdeck/api-machinery'

import { openTestDeck } from '../testing.ts'
import { LineReader, maxLineLength, type LogBatch } from './log-line.ts'

const containers = [{ name: 'app', image: 'i' }]
const target = { apiVersion: 'apps/v1', plural: 'deployments', namespace: 'default', name: 'web' }

describe('logs.stream', () => {
  test("merges the logs of a workload's pods, takes in new pods, and closes its streams with its reader", async () => {
    const streams = new Map<string, PassThrough>()
    const aborted: string[] = []
    const deck = await openTestDeck({
      request: async (_node, { path, signal }) => {
        const name = path.split('/')[3]!
        const body = new PassThrough()
        streams.set(name, body)
        signal?.addEventListener('abort', () => {
          aborted.push(name)
          body.destroy()
        })
        body.write(`2026-01-01T00:00:0${streams.size}.000000000Z hello from ${name}\n`)
        return { status: 200, headers: {}, body }
      },
    })
    try {
      await deck.client.create(deployments, {
        metadata: { name: 'web', namespace: 'default' },
        spec: { selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { containers } } },
      } as unknown as Draft<Deployment>)
      await startPod('web-1')
      const messages = (await deck.api.logs.stream(target)) as AsyncIterable<[string, LogBatch, symbol]>
      const lines = messages[Symbol.asyncIterator]()
      assert.deepEqual(await nextTexts(lines), ['hello from web-1'])
      await startPod('web-2')
      assert.deepEqual(await nextTexts(lines), ['hello from web-2'])
      streams.get('web-1')!.write('2026-01-01T00:00:09.000000000Z more\n')
      assert.deepEqual(await nextTexts(lines), ['more'])
      await lines.return?.()
      assert.deepEqual(aborted.toSorted(), ['web-1', 'web-2'])
    } finally {
      await deck.close()
    }

    async function startPod(name: string): Promise<void> {
      await deck.client.create(pods, {
        metadata: { name, namespace: 'default', labels: { app: 'web' } },
        spec: { nodeName: 'n', containers },
      } as unknown as Draft<Pod>)
      const status = {
        phase: 'Running',
        containerStatuses: [
          {
            name: 'app',
            image: 'i',
            imageID: '',
            containerID: `docker://${name}`,
            ready: true,
            restartCount: 0,
            state: { running: { startedAt: timestamp() } },
          },
        ],
      }
      await deck.client.patch(pods, { namespace: 'default', name }, { status }, { type: 'merge', subresource: 'status' })
    }
    async function nextTexts(lines: AsyncIterator<[string, LogBatch, symbol]>): Promise<string[]> {
      const { value } = await lines.next()
      return (value as [string, LogBatch, symbol])[1].lines.map((line) => line.text)
    }
  })
})

describe('the lines of a log', () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
  test('are put together across chunks, characters included', () => {
    const reader = new LineReader()
    const whole = bytes('2026-01-01T00:00:00.5Z grün\n2026-01-01T00:00:01Z b')
    const split = whole.indexOf(0xc3) + 1
    assert.deepEqual(reader.read(whole.subarray(0, split)), [])
    assert.deepEqual(reader.read(whole.subarray(split)), [{ time: '2026-01-01T00:00:00.5Z', text: 'grün' }])
    assert.deepEqual(reader.end(), [{ time: '2026-01-01T00:00:01Z', text: 'b' }])
  })
  test('are cut when they do not end', () => {
    const reader = new LineReader()
    for (let i = 0; i < 100; i++) reader.read(bytes('x'.repeat(1000)))
    assert.ok((reader.end()[0]?.text.length ?? 0) <= maxLineLength + 1)
  })
})
