import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { PassThrough } from 'node:stream'

import { deployments, pods, type Deployment, type Pod } from '@quarterdeck/api'
import { timestamp, type Draft } from '@quarterdeck/api-machinery'

import { openTestDeck } from '../testing.ts'
import { LineReader, maxLineLength, type LogBatch } from './log-line.ts'

const containers = [{ name: 'app', image: 'i' }]
const target = { apiVersion: 'apps/v1', plural: 'deployments', namespace: 'default', name: 'web' }

type Messages = AsyncIterator<[string, LogBatch, symbol]>

/** A Deployment `web` whose pods' logs are what the test makes of them. */
async function openWeb(t: TestContext, history: (pod: string) => string) {
  const streams = new Map<string, PassThrough>()
  const aborted: string[] = []
  const asked: string[] = []
  const deck = await openTestDeck({
    request: async (_node, { path, signal }) => {
      const name = path.split('/')[3]!
      const parameters = new URL(path, 'http://node').searchParams
      asked.push([name, parameters.get('follow') ?? 'once', parameters.get('sinceTime') ?? parameters.get('tailLines') ?? ''].join(' '))
      const body = new PassThrough()
      body.write(history(name))
      if (!parameters.has('follow')) return { status: 200, headers: {}, body: body.end() }
      streams.set(name, body)
      signal?.addEventListener('abort', () => {
        aborted.push(name)
        body.destroy()
      })
      return { status: 200, headers: {}, body }
    },
  })
  t.after(() => deck.close())
  await deck.client.create(deployments, {
    metadata: { name: 'web', namespace: 'default' },
    spec: { selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { containers } } },
  } as unknown as Draft<Deployment>)
  const setState = (name: string, state: object, status: object = {}): Promise<unknown> =>
    deck.client.patch(
      pods,
      { namespace: 'default', name },
      {
        status: {
          phase: 'Running',
          containerStatuses: [
            { name: 'app', image: 'i', imageID: '', containerID: `docker://${name}`, ready: true, restartCount: 0, state },
          ],
          ...status,
        },
      },
      { type: 'merge', subresource: 'status' },
    )
  const makePod = async (name: string, state: object, status?: object): Promise<void> => {
    await deck.client.create(pods, {
      metadata: { name, namespace: 'default', labels: { app: 'web' } },
      spec: { ...(status ? {} : { nodeName: 'n' }), containers },
    } as unknown as Draft<Pod>)
    await setState(name, state, status)
  }
  const follow = async (input: object = {}): Promise<Messages> => {
    const messages = (await deck.api.logs.stream({ ...target, ...input })) as AsyncIterable<[string, LogBatch, symbol]>
    return messages[Symbol.asyncIterator]()
  }
  const bind = (name: string): Promise<unknown> =>
    deck.client.createSubresource(pods, { namespace: 'default', name }, 'binding', {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name },
      target: { apiVersion: 'v1', kind: 'Node', name: 'n' },
    })
  return { streams, aborted, asked, makePod, setState, bind, follow }
}

/** The next batches until one tells what is looked for. */
async function nextWith<K extends keyof LogBatch>(messages: Messages, part: K, isIt: (value: NonNullable<LogBatch[K]>) => boolean) {
  for (let turn = 0; turn < 50; turn++) {
    const { value } = (await messages.next()) as { value: [string, LogBatch, symbol] }
    const found = value[1][part]
    if (found !== undefined && isIt(found)) return found
  }
  return assert.fail(`no batch told such ${part}`)
}

/** The texts of the next lines, as many as there are to be. */
async function nextTexts(messages: Messages, count = 1): Promise<string[]> {
  const texts: string[] = []
  await nextWith(messages, 'lines', (lines) => texts.push(...lines.map(({ text }) => text)) >= count)
  return texts
}

const running = { running: { startedAt: timestamp() } }

describe('logs.stream', () => {
  test("merges the logs of a workload's pods, takes in new pods, and closes its streams with its reader", async (t) => {
    const { makePod, follow, streams, aborted } = await openWeb(
      t,
      (name) => `2026-01-01T00:00:0${name.at(-1)}.000000000Z hello from ${name}\n`,
    )
    await makePod('web-1', running)
    const lines = await follow()
    assert.deepEqual(await nextTexts(lines), ['hello from web-1'])
    await makePod('web-2', running)
    assert.deepEqual(await nextTexts(lines), ['hello from web-2'])
    streams.get('web-1')!.write('2026-01-01T00:00:09.000000000Z more\n')
    assert.deepEqual(await nextTexts(lines), ['more'])
    await lines.return?.()
    assert.deepEqual(aborted.toSorted(), ['web-1', 'web-2'])
  })

  test('[DB26] tells the history of all pods first, in order, and each line once', async (t) => {
    const { makePod, follow, streams, asked } = await openWeb(t, (name) =>
      [1, 3, 5].map((second) => `2026-01-01T00:00:0${name === 'web-1' ? second : second + 1}.5Z ${name} ${second}\n`).join(''),
    )
    await makePod('web-1', running)
    await makePod('web-2', running)
    const lines = await follow({ tailLines: 3 })
    assert.deepEqual(await nextTexts(lines, 6), ['web-1 1', 'web-2 1', 'web-1 3', 'web-2 3', 'web-1 5', 'web-2 5'])
    streams.get('web-2')!.write('2026-01-01T00:00:09.25Z web-2 live\n')
    assert.deepEqual(await nextTexts(lines), ['web-2 live'])
    assert.deepEqual(asked.toSorted(), [
      'web-1 once 3',
      'web-1 true 2026-01-01T00:00:05Z',
      'web-2 once 3',
      'web-2 true 2026-01-01T00:00:06Z',
    ])
    await lines.return?.()
  })

  test('[DB26] a connection that broke goes on a little before where it was', async (t) => {
    const { makePod, follow, asked } = await openWeb(t, () => '')
    await makePod('web-1', running)
    const lines = await follow({ lastEventId: '2026-01-01T00:00:09.250000000Z' })
    await nextWith(lines, 'podCount', (count) => count === 1)
    assert.deepEqual(asked[0], 'web-1 once 2026-01-01T00:00:04Z')
    await lines.return?.()
  })

  test('[DB27] says at once what containers wait for, and goes on to their log when they start', async (t) => {
    const { makePod, setState, bind, follow } = await openWeb(t, (name) => `2026-01-01T00:00:01Z hello from ${name}\n`)
    const lines = await follow()
    assert.equal(await nextWith(lines, 'podCount', () => true), 0)
    const unscheduled = {
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
      message: '0/2 nodes are available: 2 Insufficient cpu.',
    }
    const steps: [what: () => Promise<unknown>, text: string, reason: string | undefined][] = [
      [
        () => makePod('web-1', {}, { phase: 'Pending', conditions: [unscheduled], containerStatuses: [] }),
        'Unschedulable',
        'none of 2 nodes fits: 2 Insufficient cpu',
      ],
      [() => bind('web-1').then(() => setState('web-1', { waiting: { reason: 'ContainerCreating' } })), 'ContainerCreating', undefined],
      [
        () => setState('web-1', { waiting: { reason: 'ErrImagePull', message: 'manifest unknown' } }),
        'Image not found',
        'the registry has no image i',
      ],
    ]
    for (const [act, text, reason] of steps) {
      await act()
      const [wait] = await nextWith(lines, 'waits', (waits) => waits[0]?.state.text === text)
      assert.deepEqual([wait?.pod, wait?.container, wait?.state.reason], ['web-1', 'app', reason])
    }
    await setState('web-1', { waiting: null, ...running })
    assert.deepEqual(await nextTexts(lines), ['hello from web-1'])
    await lines.return?.()
  })

  test('[DB27] says that there was no previous run', async (t) => {
    const { makePod, follow } = await openWeb(t, () => '')
    await makePod('web-1', running)
    const lines = await follow({ previous: true })
    const [wait] = await nextWith(lines, 'waits', (waits) => waits.length > 0)
    assert.equal(wait?.state.text, 'No previous run')
    await lines.return?.()
  })
})

describe('the lines of a log', () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
  test('are put together across chunks, characters included', () => {
    const reader = new LineReader()
    const whole = bytes('2026-01-01T00:00:00.5Z grün\n2026-01-01T00:00:01Z b')
    const split = whole.indexOf(0xc3) + 1
    assert.deepEqual(reader.read(whole.subarray(0, split)), [])
    assert.deepEqual(reader.read(whole.subarray(split)), [{ time: '2026-01-01T00:00:00.500000000Z', text: 'grün' }])
    assert.deepEqual(reader.end(), [{ time: '2026-01-01T00:00:01.000000000Z', text: 'b' }])
  })
  test('[DB26] have times whose texts are in their order, whatever their zone and precision', () => {
    const times = ['2026-01-01T00:00:01Z', '2026-01-01T02:00:01.25+02:00', '2026-01-01T00:00:01.500000000Z']
    const read = new LineReader().read(bytes(times.map((time) => `${time} x\n`).join(''))).map(({ time }) => time)
    assert.deepEqual(
      read,
      ['', '25', '5'].map((fraction) => `2026-01-01T00:00:01.${fraction.padEnd(9, '0')}Z`),
    )
  })
  test('are cut when they do not end', () => {
    const reader = new LineReader()
    for (let i = 0; i < 100; i++) reader.read(bytes('x'.repeat(1000)))
    assert.ok((reader.end()[0]?.text.length ?? 0) <= maxLineLength + 1)
  })
})
