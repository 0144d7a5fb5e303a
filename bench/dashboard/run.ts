/**
 * A list of 50,000 pods in Chromium while 200 of them change each second, against the product as it is started: the first rows,
 * a changed order, how soon a change can be seen, and memory on both sides. `node bench/dashboard/run.ts [pods]`.
 */
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

import { chromium, type Page } from '@playwright/test'
import { namespaces, pods, type Pod } from '@quarterdeck/api'
import type { Draft } from '@quarterdeck/api-machinery'
import { createHttpClient, readKubeconfig, type Client } from '@quarterdeck/client'
import { startProduct, type Product } from '@quarterdeck/testing'

const podCount = Number(process.argv[2] ?? 50_000)
const changesPerSecond = 200
const reasons = ['Evicted', 'NodeLost', 'Shutdown', 'DeadlineExceeded', 'OutOfcpu']
const samples = 30
const namespace = 'crowd'
/** Each puts another row first than the one before; the list begins in order of names. */
const sortings = ['Name', 'State', 'Name']
/** Sorts before all others, so that its row is in the window. */
const watched = 'a-watched'

const stop = new AbortController()
const product = await startProduct()
try {
  const client = createHttpClient({ ...(await readKubeconfig(product.kubeconfig)), userAgent: 'bench' })
  await fill(client)
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--js-flags=--expose-gc'],
  })
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  await signIn(page, product)
  const webBefore = webMegabytes()

  const churning = churn(client, stop.signal)
  const firstRows = await timedUntil(
    () => page.goto(`${product.dashboardUrl}/pods?sort=name`),
    () => page.getByRole('link', { name: watched, exact: true }).waitFor({ timeout: 60_000 }),
  )
  const sorts: number[] = []
  await page.getByRole('columnheader', { name: 'Name', exact: true }).getByRole('button').click()
  for (const column of sortings) sorts.push(await timeSort(page, column))
  await page.getByRole('link', { name: watched, exact: true }).waitFor()
  const [heapBefore, visible] = [await heapMegabytes(page), await timeChanges(client, page)]
  await delay(20_000)
  const heapAfter = await heapMegabytes(page)
  stop.abort()
  const changed = await churning

  visible.sort((a, b) => a - b)
  console.table([
    { what: 'first rows', ms: Math.round(firstRows) },
    ...sorts.map((ms, i) => ({ what: `order by ${sortings[i]}`, ms: Math.round(ms) })),
    { what: 'a change visible, p50', ms: Math.round(visible[Math.floor(samples / 2)] ?? 0) },
    { what: 'a change visible, slowest', ms: Math.round(visible.at(-1) ?? 0) },
  ])
  console.table([
    {
      pods: podCount,
      'changes made': changed,
      'web MB before': webBefore,
      'web MB after': webMegabytes(),
      'browser heap MB': heapBefore,
      'after 20 s more': heapAfter,
    },
  ])
  await browser.close()
} finally {
  stop.abort()
  await product.destroy()
}

function podOf(name: string): Draft<Pod> {
  return {
    metadata: { name, namespace, labels: { app: `app-${name.length % 7}`, tier: 'crowd' } },
    // No scheduler answers to this name: the pods stay as they are made.
    spec: { schedulerName: 'nobody', containers: [{ name: 'main', image: 'registry.example/crowd:1' }] },
    status: {},
  }
}

async function fill(client: Client): Promise<void> {
  await client.create(namespaces, { metadata: { name: namespace }, spec: {}, status: {} })
  await client.create(pods, podOf(watched))
  let next = 0
  const work = async (): Promise<void> => {
    while (next < podCount) await client.create(pods, podOf(`crowd-${next++}`))
  }
  await Promise.all(Array.from({ length: 64 }, work))
}

async function churn(client: Client, signal: AbortSignal): Promise<number> {
  let count = 0
  const start = performance.now()
  while (!signal.aborted) {
    const name = `crowd-${Math.floor(Math.random() * podCount)}`
    void client
      .patch(pods, { namespace, name }, { status: { reason: reasons[count % reasons.length] } }, { type: 'merge', subresource: 'status' })
      .catch((error: unknown) => signal.aborted || console.error(error))
    count++
    await delay(Math.max(0, start + (count * 1000) / changesPerSecond - performance.now()))
  }
  return count
}

async function signIn(page: Page, { dashboardUrl, password }: Product): Promise<void> {
  await page.goto(`${dashboardUrl}/sign-in`)
  await page.getByLabel('User').fill('admin')
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
}

async function timedUntil(begin: () => Promise<unknown>, done: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await begin()
  await done()
  return performance.now() - start
}

/** From the click until the first row is another one. */
async function timeSort(page: Page, column: string): Promise<number> {
  const first = () => page.locator('[role=row] a').first().textContent()
  const before = await first()
  return timedUntil(
    () => page.getByRole('columnheader', { name: column, exact: true }).getByRole('button').click(),
    () =>
      page.waitForFunction(`document.querySelector('[role=row] a')?.textContent !== ${JSON.stringify(before)}`, undefined, {
        polling: 'raf',
      }),
  )
}

/** From sending the write until the row shows it. */
async function timeChanges(client: Client, page: Page): Promise<number[]> {
  const times: number[] = []
  for (let i = 0; i < samples; i++) {
    const reason = `Seen${i}`
    const shown = page.waitForFunction(`document.body.textContent.includes(${JSON.stringify(reason)})`, undefined, { polling: 'raf' })
    times.push(
      await timedUntil(
        () => client.patch(pods, { namespace, name: watched }, { status: { reason } }, { type: 'merge', subresource: 'status' }),
        () => shown,
      ),
    )
  }
  return times
}

async function heapMegabytes(page: Page): Promise<number> {
  return page.evaluate(() => {
    const { gc, performance: clock } = globalThis as unknown as { gc?: () => void; performance: { memory: { usedJSHeapSize: number } } }
    gc?.()
    return Math.round(clock.memory.usedJSHeapSize / 1024 / 1024)
  })
}

function webMegabytes(): number {
  const status = readFileSync(`/proc/${product.pidOf('apps/web/server/main.ts')}/status`, 'utf8')
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024)
}
