import { apiServerUser, createApiServer } from '@quarterdeck/apiserver'
import { createMemoryStore } from '@quarterdeck/storage'
import { createTrpcHandler } from '@quarterdeck/trpc'
import { fillFixtures, churn } from './fixtures.ts'
const server = await createApiServer({ store: createMemoryStore() })
await server.sessions.ensureAdministrator('admin')
const client = server.clientFor(apiServerUser, 'fixtures')
const n = Number(process.argv[2] ?? 300)
console.time('fill')
await fillFixtures(client, { podCount: n })
console.timeEnd('fill')
const handle = createTrpcHandler({
  server,
  nodes: {
    async request() {
      throw new Error('x')
    },
  },
  onInternalError: (e, p) => console.log('INTERNAL', p, e),
})
const h = { 'content-type': 'application/json', origin: 'http://x', host: 'x' }
let r = await handle(
  new Request('http://x/api/trpc/session.signIn', {
    method: 'POST',
    headers: h,
    body: JSON.stringify({ userName: 'admin', password: 'admin' }),
  }),
)
console.log(r.status, await r.text())
const cookie = r.headers.get('set-cookie')!.split(';')[0]!
async function q(path: string, input: unknown) {
  const r = await handle(
    new Request(`http://x/api/trpc/${path}?input=${encodeURIComponent(JSON.stringify(input))}`, { headers: { cookie } }),
  )
  return r
}
console.log((await (await q('kinds.list', undefined)).text()).slice(0, 500))
const ac = new AbortController()
async function sub(path: string, input: unknown, n: number) {
  const t = performance.now()
  const r = await handle(
    new Request(`http://x/api/trpc/${path}?input=${encodeURIComponent(JSON.stringify(input))}`, {
      headers: { cookie, accept: 'text/event-stream' },
      signal: ac.signal,
    }),
  )
  const rd = r.body!.getReader()
  const d = new TextDecoder()
  let c = 0
  while (c < n) {
    const { value, done } = await rd.read()
    if (done) break
    const s = d.decode(value)
    console.log(Math.round(performance.now() - t), 'ms', s.length, s.slice(0, 300).replace(/\n/g, '|'))
    c++
  }
  await rd.cancel()
}
void churn(client, 200, ac.signal)
const pods = { apiVersion: 'v1', plural: 'pods' }
await sub('objects.window', { ...pods, query: {}, limit: 50 }, 6)
await sub('objects.window', { ...pods, query: { sort: { column: 'Age', descending: true } }, limit: 50 }, 4)
await sub('objects.window', { ...pods, query: { search: 'cart crash', sort: { column: 'State', descending: true } }, limit: 5 }, 4)
await sub('cluster.summary', undefined, 3)
await sub('objects.inspect', { apiVersion: 'apps/v1', plural: 'deployments', namespace: 'shop', name: 'cart' }, 4)
await sub('objects.inspect', { apiVersion: 'apps/v1', plural: 'deployments', namespace: 'shop', name: 'nope' }, 4)
r = await handle(
  new Request('http://x/api/trpc/objects.applyAll', {
    method: 'POST',
    headers: { ...h, cookie },
    body: JSON.stringify({
      dryRun: true,
      sources: [
        {
          name: 'a.yaml',
          text: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  x: y\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: b\nspec:\n  replcas: 3\n',
        },
      ],
    }),
  }),
)
console.log(r.status, await r.text())
ac.abort()
process.exit(0)
