import { setTimeout as delay } from 'node:timers/promises'

const historyLines = 200
const everyMs = 400

/** A made-up log of a container, as the kubelet's address of it asks for: what there is, or what comes. Each container lags by its own time. */
export async function* logOf({ pathname, searchParams }: URL, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
  const source = pathname.split('/').slice(-2).join('/')
  const lagMs = Buffer.from(source).reduce((sum, byte) => (sum * 31 + byte) % 350, 7)
  const now = Date.now()
  if (searchParams.get('follow') !== 'true') {
    const tail = Math.min(historyLines, Number(searchParams.get('tailLines') ?? historyLines))
    const since = Date.parse(searchParams.get('sinceTime') ?? '') || 0
    await delay(lagMs, undefined, { signal })
    for (let line = historyLines - tail; line < historyLines; line++) {
      const at = now - (historyLines - line) * 1000 + lagMs
      if (at >= since) yield Buffer.from(linesOf(at, line, source))
    }
    return
  }
  for (let line = historyLines; !signal?.aborted; line++) {
    const at = Date.now()
    await delay(lagMs, undefined, { signal })
    yield Buffer.from(linesOf(at, line, source))
    await delay(everyMs, undefined, { signal })
  }
}

function linesOf(at: number, line: number, source: string): string {
  const time = new Date(at).toISOString()
  return textsOf(line, source)
    .map((text) => `${time} ${text}\n`)
    .join('')
}

function textsOf(line: number, source: string): string[] {
  if (line % 23 === 0)
    return ['ERROR could not reach the ledger: connection refused', '    at connect (ledger.js:41:7)', '    at post (invoice.js:12:3)']
  if (line % 17 === 0) return [`{"level":"warn","msg":"slow query","ms":${900 + line}}`]
  if (line % 11 === 0) return ['level=debug msg="cache is warm"']
  return [`INFO served GET /items/${line} in ${line % 40} ms (${source.split('/').at(-2)})`]
}
